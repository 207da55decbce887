import { useState } from "react";
import { createRoot } from "react-dom/client";
import { Team } from "./Team.tsx";
import { api, first, getToken } from "./page.js";

function App() {
  const [organization, show] = useState(first);
  const [hasLeft, leave] = useState(false);
  window.show = show;
  return hasLeft ? <p>You have left.</p> : <Team api={api} organization={organization} getToken={getToken} onLeft={() => leave(true)} />;
}

createRoot(document.querySelector("main")).render(<App />);
