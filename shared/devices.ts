/** Devices that are tried by themselves, and among which `auto` chooses. */
export const probedDevices = ['cpu', 'webgpu'] as const;
export type ProbedDevice = (typeof probedDevices)[number];

/** Where graphs run. CUDA and TensorFlow only where the user has installed them and asks for them by name. */
export const devices = [...probedDevices, 'cuda', 'tensorflow'] as const;
export type Device = (typeof devices)[number];

export const deviceChoices = ['auto', ...devices] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
