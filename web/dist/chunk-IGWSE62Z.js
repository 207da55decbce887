var n=t=>`${t.type}:${t.id}`,a=t=>t.name??t.id,e=t=>t.name||t.email;export{n as a,a as b,e as c};
