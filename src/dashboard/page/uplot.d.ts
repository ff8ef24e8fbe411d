/** The server gives uPlot's own file by this name. */
export { default } from 'uplot';
