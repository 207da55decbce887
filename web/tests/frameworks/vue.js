import { createApp, h, ref } from "vue";
import Team from "./Team.vue";
import { api, first, getToken } from "./page.js";

const organization = ref(first);
const hasLeft = ref(false);
window.show = (id) => (organization.value = id);
const onLeft = () => (hasLeft.value = true);
const App = { render: () => (hasLeft.value ? h("p", "You have left.") : h(Team, { api, organization: organization.value, getToken, onLeft })) };

createApp(App).mount("main");
