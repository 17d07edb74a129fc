import { pagePolicy } from '../../shared/pagePolicy.ts';
import { imageScheme } from './addresses.ts';

/** Nothing but our pages and our pictures exists for a page of the window, the network included. */
export const contentPolicy = pagePolicy(`'self' ${imageScheme}: blob:`);
