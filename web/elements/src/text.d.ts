/** Style sheets are imported as text; the build shortens them. */
declare module "*.css" {
  const text: string;
  export default text;
}
