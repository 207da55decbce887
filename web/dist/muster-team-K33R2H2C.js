import{d as e}from"./chunk-2IPMGMQL.js";import"./chunk-IGWSE62Z.js";import"./chunk-CZZYE5HG.js";import"./chunk-R2ASKQEX.js";customElements.get("muster-team")||customElements.define("muster-team",e);
