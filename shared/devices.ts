/** Where graphs run. */
export type Device = 'cpu' | 'webgpu';
export type DeviceChoice = Device | 'auto';
