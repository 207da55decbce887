// What each app is given by the test.

const { api, attributes } = await window.musterPage();

export { api };
/** The organization that is shown first. */
export const first = attributes.organization;
export const getToken = () => window.musterToken({});
