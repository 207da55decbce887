var o={},t=new Set;function r(e){Object.assign(o,e);for(let n of t)n()}var i=()=>o;function s(e){return t.add(e),()=>t.delete(e)}export{r as a,i as b,s as c};
