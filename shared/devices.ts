/** Devices that are tried by themselves, and among which `auto` chooses. */
export const probedDevices = ['cpu', 'webgpu'] as const;
export type ProbedDevice = (typeof probedDevices)[number];

/** Where graphs run. TensorFlow only where the user has installed it and asks for it by name. */
export const devices = [...probedDevices, 'tensorflow'] as const;
export type Device = (typeof devices)[number];

export const deviceChoices = ['auto', ...devices] as const;
export type DeviceChoice = (typeof deviceChoices)[number];
