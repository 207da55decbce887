import{d as e}from"./chunk-GDX4A426.js";import"./chunk-IGWSE62Z.js";import"./chunk-HW6QVCUI.js";import"./chunk-Y6VZEWJO.js";customElements.get("muster-team")||customElements.define("muster-team",e);
