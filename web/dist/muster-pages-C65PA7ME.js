import{a as C,b as V,c as B,d as v}from"./chunk-URDPPJBR.js";import{a as W,b as F,e as Y,h as G,n as Q,o as J,q as Z,r as X,s as $,t as ee}from"./chunk-RG4XWRWL.js";import{b as O}from"./chunk-5ED3TXPV.js";import{a as d,c as w,d as h,g as U,h as K,i as N,k as A,o as j,q as b,r as u}from"./chunk-OFLXCMEH.js";import{a as y,b as f,c as q}from"./chunk-F4U4MF3E.js";import{b as H}from"./chunk-6ALP5Q5B.js";import{c as I,d as n,f as o}from"./chunk-6IW7MX25.js";import"./chunk-QQLLZSDX.js";var te=".head>div{flex:1 1 160px;min-inline-size:0}.list>li{display:flex;flex-wrap:wrap;gap:10px 14px;align-items:center;padding:14px 16px;min-inline-size:0}.list>li+li{border-block-start:1px solid var(--_border)}.list>li>div{flex:1 1 120px;min-inline-size:0;display:grid;gap:2px;grid-template-columns:minmax(0,1fr)}.list>li>div+*{margin-inline-start:auto}.list>li>.wide{flex-basis:220px}code{font:13px/1.5 ui-monospace,SF Mono,Menlo,Consolas,monospace}.secret{display:flex;gap:8px;align-items:center;padding:8px 8px 8px 14px;border-radius:var(--_radius);background:var(--_quiet);min-inline-size:0}.secret code{flex:1;overflow-wrap:anywhere;-webkit-user-select:all;user-select:all}.panel{max-inline-size:720px;display:grid;gap:20px;padding:22px;border:1px solid var(--_border);border-radius:calc(var(--_radius) + 2px);background:var(--_surface);grid-template-columns:minmax(0,1fr)}.panel>.end{display:flex;gap:8px;justify-content:end;flex-wrap:wrap}.danger-zone .button{color:var(--_danger)}.danger-zone{border-color:color-mix(in oklab,var(--_danger) 35%,var(--_border))}.split{display:flex;flex-wrap:wrap;gap:12px;align-items:center;justify-content:space-between}.split>div{flex:1 1 220px;min-inline-size:0}.swatches{display:flex;flex-wrap:wrap;gap:8px;align-items:center}.swatches label{display:grid;border-radius:99px;padding:3px;cursor:pointer;box-shadow:inset 0 0 0 2px transparent}.swatches label:has(:checked){box-shadow:inset 0 0 0 2px var(--_color)}.swatches label:has(:focus-visible){outline:2px solid var(--_focus);outline-offset:1px}.swatches input{position:absolute;opacity:0;inline-size:1px;block-size:1px}.swatches span{inline-size:22px;block-size:22px;border-radius:99px;background:var(--_hue)}.tick{display:flex;gap:10px;align-items:start;cursor:pointer}.tick input{margin-block-start:2px}@media(forced-colors:active){.list,.panel,.secret{border:1px solid CanvasText}.swatches span{forced-color-adjust:none}}.name{flex-wrap:wrap}";var p=class extends O{constructor(){super(...arguments);this.isLoaded=!1;this.needsOrganization=!0;this.menu=new J(this);this.#t=""}static{this.styles=[...O.styles,I(W),I(te)]}#t;willUpdate(e){let t=this.client||this.getToken||H().client||H().getToken,i=`${this.api} ${this.key}`;!t||i===this.#t||this.needsOrganization&&!this.org||(this.#t=i,this.isLoaded=!1,this.reload())}render(){return this.root(n`<div class="page">${this.#e()}</div>${this.menu.render()}`)}#e(){let e=this.isLoaded&&this.isReady,t=n`<div class="bones"><span class="bone wide"></span><span class="bone"></span></div>`;return n`${this.trouble?j(this,this.trouble,this.isLoaded?void 0:()=>{this.reload()}):""}
${e?this.page():this.trouble?"":n`<div class="list" part="skeleton" aria-busy="true">${t}${t}</div>`}`}async reload(){await this.attempt(async()=>{await this.load(),this.isLoaded=!0})}async attempt(e){this.trouble=void 0;try{return await e(),!0}catch(t){return this.trouble=this.problem(t),!1}finally{this.requestUpdate()}}async change(e,t,i,a){if(!this.emit("before",{kind:e,ids:t,request:i},!0))return;let r=await a();return await this.load(),this.requestUpdate(),this.emit("change",{kind:e,ids:t}),r}ask(e){this.open(new ee(this,e))}menuButton(e,t,i){let a=this.words.actionsFor(t),r=l=>this.menu.toggle(e,a,i,l.currentTarget);return n`<button type="button" class="button plain icon" aria-haspopup="menu" aria-expanded=${this.menu.isOpen(e)} aria-label=${a} @click=${r}>
${d(U)}
</button>`}};var re=250,se=5,x=class extends p{static{this.properties={...p.properties,resource:{},readonly:{type:Boolean}}}#t;#e=[];#s;#i=[];#a="";#n=0;get key(){return`${this.org} ${this.resource}`}get#r(){let s=this.resource??"",e=s.indexOf(":");return[s.slice(0,e),s.slice(e+1)]}async load(){let s=y(this.muster,this.org),e=f(this.muster,this.org,{resource:this.resource,limit:Math.min(100,Math.max(50,this.#e.length))});this.#t=await s;let{items:t,next_cursor:i}=await e;this.#e=t,this.#s=i}page(){let{words:s}=this,e=async()=>{let{items:t,next_cursor:i}=await f(this.muster,this.org,{resource:this.resource,cursor:this.#s});this.#e=[...this.#e,...t],this.#s=i};return n`<h2 data-home tabindex="-1">${s.whoHasAccess}</h2>
${this.#o.length&&!this.readonly?this.#c():o}
${this.#e.length?n`<ul class="list" aria-label=${s.whoHasAccess}>${this.#e.map(t=>this.#l(t,t.may.includes("change_grants")))}</ul>`:n`<div class="list"><div class="empty" part="empty"><h3>${s.nobody}</h3></div></div>`}
${this.#s?n`<div><button type="button" class="button" @click=${()=>{this.attempt(e)}}>${s.loadMore}</button></div>`:o}`}get#o(){let[s,e]=this.#r,t=({assign:i})=>i.organization||i.resources.some(a=>a.type===s&&a.id===e);return(this.#t?.roles??[]).filter(i=>i.resources!=="none"&&i.enabled&&t(i))}#c(){let{words:s}=this,e=t=>{this.#a=t.target.value,clearTimeout(this.#n),this.#n=setTimeout(()=>{this.#d()},re)};return n`<div class="field">
<label for="add">${s.giveAccess}</label>
<input id="add" class="input" type="search" maxlength="200" autocomplete="off" placeholder=${s.searchPeople} .value=${this.#a} @input=${e} />
</div>
${this.#i.length?n`<ul class="list" aria-label=${s.giveAccess}>${this.#i.map(t=>this.#l(t,!0))}</ul>`:o}`}async#d(){let s=this.#a.trim();await this.attempt(async()=>{let e=s?(await f(this.muster,this.org,{q:s,invite_status:"accepted",limit:se+this.#e.length})).items:[],t=new Set(this.#e.map(i=>i.id));this.#i=e.filter(i=>!t.has(i.id)&&i.may.includes("change_grants")).slice(0,se)})}#l(s,e){let[t,i]=this.#r,a=s.grants.find(c=>c.type===t&&c.id===i)?.role??"",r=c=>{this.#p(s,c.target.value)},l=this.#t?.roles.find(c=>c.id===(a||s.role)),g=this.#o.some(c=>c.id===a)||!l||!a?this.#o:[l,...this.#o];return n`<li>
${v(s)}
<div class="wide"><span class="name"><strong class="clip" dir="auto">${u(s)}</strong>${s.kind==="invitation"?n`<span class="badge" part="badge">${this.words.pending}</span>`:o}</span>
${s.name?n`<span class="sub clip" dir="auto">${s.email}</span>`:o}</div>
${e&&!this.readonly&&s.kind==="member"?n`<span class="select"
><select class="input" aria-label=${this.words.roleTitle(u(s))} @change=${r}>
<option value="" ?selected=${!a}>${this.words.noAccess}</option>
${g.map(c=>n`<option value=${c.id} ?selected=${c.id===a}>${this.roleName(c)}</option>`)}</select
>${d(h)}</span
>`:n`<span class="sub">${l?this.roleName(l):o}</span>`}
</li>`}async#p(s,e){let[t,i]=this.#r,{members:a}=this.muster,r=async()=>(e?await a.putGrant(this.org,s.id,t,i,{role:e}):await a.deleteGrant(this.org,s.id,t,i),!0);await this.attempt(async()=>{await this.change("change_grants",[s.id],{role:e},r)&&(this.#i=[],this.#a="")})?this.say(this.words.wasSaved):await this.reload()}};var T=class extends p{constructor(){super(...arguments);this.#t=[];this.needsOrganization=!1}#t;get key(){return""}async load(){let e=[];for await(let t of this.muster.invitations.listMine({limit:100}))e.push(t);this.#t=e}page(){let{words:e}=this;return this.#t.length?n`<h2 data-home tabindex="-1">${e.pendingTitle}</h2><ul class="list" aria-label=${e.pendingTitle}>${this.#t.map(t=>this.#e(t))}</ul>`:n`<div class="list"><div class="empty" part="empty">${d(N)}<h2 data-home tabindex="-1">${e.noPending}</h2><p>${e.noWaitingHint}</p></div></div>`}#e(e){let{words:t,formats:i}=this,{role_name:a}=e,r=[a??"",...e.resources.map(b)].filter(Boolean);return n`<li>
${v({id:e.organization,email:e.organization_name,name:e.organization_name})}
<div class="wide">
<span class="name"><strong dir="auto">${e.organization_name}</strong></span>
<span class="sub">${i.list(r)}</span>
<span class="sub">${[e.inviter?t.invitedBy(e.inviter):"",t.expires(i.relative(e.expires_at))].filter(Boolean).join(" · ")}</span>
${e.message?n`<span class="sub">“${e.message}”</span>`:o}
</div>
<button type="button" class="button plain" @click=${()=>this.#i(e)}>${t.decline}<span class="hidden"> ${e.organization_name}</span></button>
<button type="button" class="button primary" part="primary" @click=${()=>{this.#s(e)}}>${t.accept_}<span class="hidden"> ${e.organization_name}</span></button>
</li>`}async#s(e){await this.attempt(async()=>{await this.change("accept",[e.id],void 0,()=>this.muster.invitations.accept(e.token))&&this.emit("accepted",{organization:e.organization})})&&this.say(this.words.welcome(e.organization_name))}#i(e){let{words:t}=this,i=async()=>{await this.change("decline",[e.id],void 0,()=>this.muster.invitations.decline(e.token)),this.emit("declined",{organization:e.organization})};this.ask({title:t.declineTitle,text:t.declineText,label:t.decline,act:i})}};var ie=[30,90,365],oe=864e5,k=class extends ${constructor(e){super(e);this.host=e;this.#i=new Z(e,e.words.keyResources,()=>e.requestUpdate()),this.#i.load()}#t="";#e=!1;#s=ie[1]??0;#i;get title(){return this.words.createKey}body(){let{words:e,host:t}=this,i=l=>{this.#t=l.target.value,t.requestUpdate()},a=l=>this.#e=l.target.checked,r=l=>this.#s=Number(l.target.value);return n`${this.problemNotice()}
<div class="field"><label for="key-name">${e.name}</label><input id="key-name" class="input" maxlength="120" autocomplete="off" autofocus placeholder=${e.keyNameHint} .value=${this.#t} @input=${i} /></div>
<div class="field">
<label for="key-end">${e.duration}</label>
<span class="select"
><select id="key-end" class="input" @change=${r}>
${ie.map(l=>n`<option value=${l} ?selected=${l===this.#s}>${e.days(l)}</option>`)}
<option value="0">${e.forever}</option></select
>${d(h)}</span
>
</div>
<label class="tick"><input type="checkbox" .checked=${this.#e} @change=${a} /><span>${e.readOnly}<span class="hint"> ${e.readOnlyHint}</span></span></label>
${this.#i.render(void 0,!1)}`}footer(){return this.buttons(this.words.createKey,"primary",!this.#t.trim())}async submit(){let{host:e}=this,t=this.#t.trim();if(!t)return;let i=[...this.#i.chosen.values()].map(({type:r,id:l})=>({type:r,id:l})),a={name:t,read_only:this.#e,...i.length?{resources:i}:{},...this.#s?{expires_at:new Date(Date.now()+this.#s*oe).toISOString()}:{}};await this.run(async()=>{let r=await e.change("create_key",[],a,()=>e.muster.apiKeys.create(e.org,e.owner,a));r&&(e.close(),e.reveal(r.data.secret))})}},_=class extends ${constructor(e,t){super(e);this.host=e;this.secret=t}#t=!1;get title(){return this.words.secretTitle}body(){let{words:e}=this,t=async()=>{await navigator.clipboard.writeText(this.secret),this.#t=!0,this.host.requestUpdate()};return n`<div class="notice warning">${d(K)}<div>${e.secretText}</div></div>
<div class="secret" dir="ltr"><code>${this.secret}</code><button type="button" class="button" @click=${t}>${this.#t?e.copied:e.copy}</button></div>
`}footer(){return n`<button class="button primary" part="primary">${this.words.stored}</button>`}async submit(){this.host.close()}};var le=20,ae=24,R=class extends p{constructor(){super(...arguments);this.keys=[]}static{this.properties={...p.properties,member:{},readonly:{type:Boolean}}}get owner(){return this.member??"me"}get key(){return`${this.org} ${this.owner}`}async load(){let e=[];for await(let t of this.muster.apiKeys.list(this.org,this.owner))e.push(t);this.keys=e}page(){let{words:e,keys:t}=this,i=()=>this.open(new k(this)),a=this.readonly||t.length>=le?o:n`<button type="button" class="button primary" part="primary" @click=${i}>${d(w)}${e.createKey}</button>`;return t.length?n`<div class="head"><div><h2 data-home tabindex="-1">${e.apiKeys}</h2><p>${e.keysHint}</p></div>${a}</div>
<ul class="list" aria-label=${e.apiKeys}>${t.map(r=>this.#t(r))}</ul>`:n`<div class="list"><div class="empty" part="empty">${d(Q)}<h2 data-home tabindex="-1">${e.noKeys}</h2><p>${e.keysHint}</p><div class="flow">${a}</div></div></div>`}reveal(e){e&&this.open(new _(this,e))}#t(e){let{words:t,formats:i}=this,a=!!e.expires_at&&new Date(e.expires_at).getTime()<=Date.now(),r=e.last_used_at?t.lastUsed(i.relative(e.last_used_at)):t.neverUsed,l=e.expires_at?a?"":t.expires(i.relative(e.expires_at)):"",g=(c,D="")=>n`<span class="badge ${D}" part="badge">${c}</span>`;return n`<li>
<div>
<span class="name"><strong>${e.name}</strong>${a?g(t.ended,"danger"):o}${e.read_only?g(t.readOnly):o}
${e.resources.map(c=>g(b(c)))}${e.old_secret_until?g(t.oldSecret(i.relative(e.old_secret_until)),"warning"):o}</span>
<span class="sub clip"><code dir="ltr">${e.prefix}…</code></span>
<span class="sub">${[r,l].filter(Boolean).join(" · ")}</span>
</div>
${this.readonly?o:this.menuButton(e.id,e.name,()=>this.#e(e,a))}
</li>`}#e(e,t){let{words:i}=this,a={label:i.rotate,icon:Y,run:()=>this.#s(e)};return[...t?[]:[a],{label:i.revoke,icon:G,danger:!0,line:!t,run:()=>this.#i(e)}]}#s(e){let{words:t}=this,i=async()=>{let a={overlap_hours:ae},r=await this.change("rotate_key",[e.id],a,()=>this.muster.apiKeys.rotate(this.org,this.owner,e.id,a));setTimeout(()=>this.reveal(r?.data.secret))};this.ask({title:t.rotateTitle(e.name),text:t.rotateText(ae),label:t.rotate,look:"primary",act:i})}#i(e){let{words:t}=this,i=async()=>{await this.change("revoke_key",[e.id],void 0,()=>this.muster.apiKeys.revoke(this.org,this.owner,e.id))};this.ask({title:t.revokeTitle(e.name),text:t.revokeText,label:t.revoke,act:i})}};var z=class extends p{constructor(){super(...arguments);this.#t=[];this.#e=0;this.sets=[];this.needsOrganization=!1}static{this.properties={...p.properties,current:{},roleSets:{attribute:!1}}}#t;#e;get key(){return JSON.stringify(this.roleSets??"")}async load(){let e=this.muster.invitations.listMine({limit:100});this.sets=this.roleSets??await q(this.muster);let t=[];for await(let i of this.muster.organizations.list({limit:100}))t.push(i);this.#t=t.sort((i,a)=>i.name.localeCompare(a.name,this.tag)),this.#e=(await e).data.items.length}page(){let{words:e}=this,t=this.sets.length?n`<button type="button" class="button primary" part="primary" @click=${()=>this.open(new L(this))}>${d(w)}${e.createTeam}</button>`:o,i=this.#e?n`<button type="button" class="link" @click=${()=>this.emit("invitations")}>${e.waiting(this.#e)}</button>`:o;return n`<div class="head"><div><h2 data-home tabindex="-1">${e.teams}</h2>${i}</div>${t}</div>
${this.#t.length?n`<ul class="list" aria-label=${e.teams}>${this.#t.map(a=>this.#s(a))}</ul>`:n`<div class="list"><div class="empty" part="empty"><h3>${e.noTeams}</h3><p>${e.noTeamsHint}</p></div></div>`}`}choose(e){this.emit("select",{organization:e},!0)&&(this.current=e)}#s(e){let{words:t}=this,i=e.id===(this.current??this.org),a=e.suspended?t.suspended:e.status==="inactive"?t.inactive:"";return n`<li>
${v({id:e.id,email:e.name,name:e.name})}
<div><span class="name"><strong dir="auto">${e.name}</strong>${a?n`<span class="badge warning" part="badge">${a}</span>`:o}</span>
<span class="sub">${t.memberSince(this.formats.day(e.joined_at))}</span></div>
${i?n`<span class="badge accent" part="badge">${d(F)}${t.current}</span>`:n`<button type="button" class="button" @click=${()=>this.choose(e.id)}>${t.open_}<span class="hidden"> ${e.name}</span></button>`}
</li>`}},L=class extends ${constructor(e){super(e);this.host=e;this.width="narrow";this.#t="";this.#e=e.sets[0]?.id??""}#t;#e;get title(){return this.words.createTeam}body(){let{words:e,host:t}=this,i=l=>{this.#t=l.target.value,t.requestUpdate()},a=l=>this.#e=l.target.value,{sets:r}=t;return n`${this.problemNotice()}
<div class="field"><label for="team-name">${e.name}</label><input id="team-name" class="input" maxlength="120" autocomplete="organization" autofocus .value=${this.#t} @input=${i} /></div>
${r.length>1?n`<div class="field"><label for="team-kind">${e.kind}</label><span class="select"><select id="team-kind" class="input" @change=${a}>${r.map(l=>n`<option value=${l.id}>${l.name}</option>`)}</select>${d(h)}</span></div>`:o}`}footer(){return this.buttons(this.words.createTeam,"primary",!this.#t.trim())}async submit(){let{host:e}=this,t={name:this.#t.trim(),role_set:this.#e};t.name&&await this.run(async()=>{let i=await e.change("create_organization",[],t,()=>e.muster.organizations.create(t));i&&(e.close(),e.choose(i.data.id))})}};var S=class extends p{static{this.properties={...p.properties,member:{},notifications:{attribute:!1},colors:{attribute:!1}}}#t;#e;#s=!1;get key(){return`${this.org} ${this.#i}`}get#i(){return this.member??"me"}async load(){let{data:s}=await this.muster.members.get(this.org,this.#i);s&&(this.#t=s,this.#e={name:s.name??"",color:s.profile.color??"",timezone:s.profile.timezone??"",bio:s.profile.bio??"",skills:s.profile.skills.join(", "),notifications:{...s.profile.notifications}})}page(){let{words:s}=this,e=this.#t,t=this.#e;if(!e||!t)return n``;let i=a=>{a.preventDefault(),this.#p()};return n`${this.#a(e,t)}
<form class="panel" @submit=${i}>
${this.#r("name",s.name,t.name,120)}${this.#o(e,t)}${this.#c(t)}
<div class="field">
<label for="bio">${s.bio}</label>
<textarea id="bio" class="input" rows="3" maxlength="2000" placeholder=${s.bioHint} .value=${t.bio} @input=${this.#n("bio")}></textarea>
</div>
${this.#r("skills",s.skills,t.skills,2e3,s.skillsHint)}${this.#d(t)}
<div class="end">
<button class="button primary" part="primary" aria-disabled=${this.#s}>${this.#s?n`<span class="spin"></span>`:o}${s.save}</button>
</div>
</form>
${this.#i==="me"?n`<div><button type="button" class="button" @click=${()=>this.#m()}>${d(A)}${s.leaveTeam}</button></div>`:o}`}#a(s,e){let{words:t}=this,i={...s,name:e.name||s.name,color:e.color||null},a=this.#l(e);return n`<section class="panel" aria-label=${t.asOthersSee}>
<div class="split">
${v(i,"large")}
<div><h2 data-home tabindex="-1" dir="auto">${u(i)}</h2><p class="muted clip" dir="auto">${s.email}</p></div>
</div>
${e.bio?n`<p>${e.bio}</p>`:o}
${a.length||s.grants.length?n`<div class="flow">${[...a,...s.grants.map(b)].map(r=>n`<span class="badge" part="badge">${r}</span>`)}</div>`:o}
<p class="hint">${t.asOthersSee}</p>
</section>`}#n(s){return e=>{this.#e&&(this.#e[s]=e.target.value),this.requestUpdate()}}#r(s,e,t,i,a=""){return n`<div class="field">
<label for=${s}>${e}</label>
<input id=${s} class="input" maxlength=${i} autocomplete=${s==="name"?"name":"off"} .value=${t} @input=${this.#n(s)} aria-describedby=${a?`${s}-hint`:o} />
${a?n`<p id=${`${s}-hint`} class="hint">${a}</p>`:o}
</div>`}#o(s,e){let t=["",...this.colors??V],i=(a,r)=>n`<label>
<input type="radio" name="color" value=${a} aria-label=${a?this.words.colorNumber(r):this.words.colorDefault} .checked=${e.color===a} @change=${this.#n("color")} />
<span ${C("--_hue",a||B(s.id))}></span>
</label>`;return n`<fieldset class="field"><legend>${this.words.color}</legend><div class="swatches">${t.map(i)}</div></fieldset>`}#c(s){let e=Intl.supportedValuesOf("timeZone"),t=s.timezone&&!e.includes(s.timezone)?[s.timezone,...e]:e;return n`<div class="field">
<label for="timezone">${this.words.timezone}</label>
<span class="select"
><select id="timezone" class="input" @change=${this.#n("timezone")}>
<option value="" ?selected=${!s.timezone}>–</option>
${t.map(i=>n`<option value=${i} ?selected=${i===s.timezone}>${i.replaceAll("_"," ")}</option>`)}</select
>${d(h)}</span
>
</div>`}#d(s){if(!this.notifications?.length)return o;let e=({id:t,label:i})=>{let a=r=>s.notifications[t]=r.target.checked;return n`<label class="tick"><input type="checkbox" .checked=${s.notifications[t]??!1} @change=${a} />${i}</label>`};return n`<fieldset class="field"><legend>${this.words.notifications}</legend>${this.notifications.map(e)}</fieldset>`}#l(s){return[...new Set(s.skills.split(/[,\n]/).map(e=>e.trim()).filter(Boolean))]}async#p(){let s=this.#e;if(!s||this.#s)return;this.#s=!0,this.requestUpdate();let e={...s.name.trim()?{name:s.name}:{},color:s.color||null,timezone:s.timezone||null,bio:s.bio.trim()||null,skills:this.#l(s),...this.notifications?.length?{notifications:s.notifications}:{}},t=await this.attempt(async()=>{await this.change("edit_profile",[this.#i],e,()=>this.muster.members.update(this.org,this.#i,e))});this.#s=!1,this.requestUpdate(),t&&this.say(this.words.wasSaved)}#m(){let{words:s}=this,e=async()=>{this.emit("before",{kind:"leave",ids:["me"]},!0)&&(await this.muster.members.remove(this.org,"me"),this.emit("left",{organization:this.org}))};this.ask({title:s.leaveTitle(s.theTeam),text:s.leaveText,label:s.leaveTeam,act:e})}};var ce=250,P=class extends ${constructor(e){super(e);this.host=e;this.#i=new X(e,e.view,"assign",()=>e.requestUpdate()),this.#a("")}#t=[];#e="";#s=0;#i;get title(){return this.words.transfer}body(){let{words:e}=this,t=a=>{let r=a.target.value;clearTimeout(this.#s),this.#s=setTimeout(()=>{this.#a(r)},ce)},i=a=>{this.#e=a.target.value,this.host.requestUpdate()};return n`${this.problemNotice()}
<p class="muted">${e.transferHint}</p>
<div class="field">
<label for="to">${e.newOwner}</label>
<input class="input" type="search" aria-label=${e.searchPeople} placeholder=${e.searchPeople} maxlength="200" @input=${t} />
<span class="select"
><select id="to" class="input" @change=${i}>
<option value="">–</option>
${this.#t.map(a=>n`<option value=${a.id} ?selected=${a.id===this.#e}>${u(a)}${a.name?` (${a.email})`:o}</option>`)}</select
>${d(h)}</span
>
</div>
<p class="label">${e.yourRoleThen}</p>
${this.#i.render()}`}footer(){return this.buttons(this.words.transfer,"danger",!this.#e||!this.#i.choice)}async submit(){let{choice:e}=this.#i;if(!e||!this.#e)return;let{role:t,...i}=e,a={to:this.#e,then:t,...i},{host:r}=this;await this.run(async()=>{await r.change("transfer_ownership",[a.to],a,()=>r.muster.organizations.transferOwnership(r.org,a))&&(r.close(),r.say(this.words.wasSaved))})}async#a(e){try{let{items:t}=await f(this.host.muster,this.host.org,{status:"active",limit:50,...e.trim()?{q:e}:{}});this.#t=t.filter(i=>i.id!==this.host.view?.me?.id),this.#t.some(i=>i.id===this.#e)||(this.#e="")}catch(t){this.problem=this.host.problem(t)}this.host.requestUpdate()}},M=class extends ${constructor(e){super(e);this.host=e;this.width="narrow";this.#t=""}#t;get title(){return this.words.deleteTitle(this.#e)}get#e(){return this.host.view?.organization.name??""}body(){let{words:e}=this,t=i=>{this.#t=i.target.value,this.host.requestUpdate()};return n`${this.problemNotice()}
<p class="muted">${e.deleteTeamHint}</p>
<div class="field"><label for="typed">${e.typeName(this.#e)}</label><input id="typed" class="input" autocomplete="off" autofocus .value=${this.#t} @input=${t} /></div>`}footer(){return this.buttons(this.words.deleteTeam,"danger",this.#t.trim()!==this.#e.trim())}async submit(){let{host:e}=this;this.#t.trim()===this.#e.trim()&&await this.run(async()=>{e.emit("before",{kind:"delete_organization",ids:[],request:void 0},!0)&&(await e.muster.organizations.delete(e.org),e.close(),e.emit("deleted",{organization:e.org}))})}};var de=[1,3,7,14,30],E=class extends p{constructor(){super(...arguments);this.owners=[];this.#e=!1}static{this.properties={...p.properties}}#t;#e;get key(){return this.org}async load(){let e=await y(this.muster,this.org),{settings:t,name:i}=e.organization;this.view=e,this.#t={name:i,days:t.invitation_ttl_days,message:t.default_message??"",roles:new Set(t.optional_roles)};let a=e.roles.find(r=>r.protected);a&&this.can("name_paying_owner")&&(this.owners=(await f(this.muster,this.org,{role:[a.id],status:"active",limit:100})).items)}can(e){return!!this.view?.may.includes(e)}page(){let{words:e}=this;return n`<h2 data-home tabindex="-1">${e.settings}</h2>
${this.can("update_organization")&&this.#t?this.#i(this.#t):o}${this.can("name_paying_owner")?this.#n():o}
${this.can("transfer_ownership")?this.#s(e.transfer,e.transferHint,e.transfer,"",()=>this.open(new P(this))):o}
${this.can("delete_organization")?this.#s(e.deleteTeam,e.deleteTeamHint,e.deleteTeam,"danger",()=>this.open(new M(this))):o}`}#s(e,t,i,a,r){return n`<section class="panel split ${a?"danger-zone":""}">
<div><h3>${e}</h3><p class="hint">${t}</p></div>
<button type="button" class="button" @click=${r}>${i}</button>
</section>`}#i(e){let{words:t}=this,i=c=>e.name=c.target.value,a=c=>e.days=Number(c.target.value),r=c=>e.message=c.target.value,l=c=>{c.preventDefault(),this.#o(e)},g=[...new Set([...de,e.days])].sort((c,D)=>c-D);return n`<form class="panel" @submit=${l}>
<div class="field"><label for="name">${t.name}</label><input id="name" class="input" maxlength="120" required .value=${e.name} @input=${i} /></div>
<div class="field">
<label for="days">${t.invitationsOpen}</label>
<span class="select"><select id="days" class="input" @change=${a}>${g.map(c=>n`<option value=${c} ?selected=${c===e.days}>${t.days(c)}</option>`)}</select>${d(h)}</span>
</div>
<div class="field">
<label for="default-message">${t.defaultMessage} <span class="muted">(${t.optional})</span></label>
<textarea id="default-message" class="input" rows="3" maxlength="2000" .value=${e.message} @input=${r}></textarea>
</div>
${this.#a(e)}
<div class="end"><button class="button primary" part="primary" aria-disabled=${this.#e}>${this.#e?n`<span class="spin"></span>`:o}${t.save}</button></div>
</form>`}#a(e){let t=(this.view?.roles??[]).filter(a=>a.optional);if(!t.length)return o;let i=a=>{let r=l=>{l.target.checked?e.roles.add(a.id):e.roles.delete(a.id)};return n`<label class="tick"><input type="checkbox" .checked=${e.roles.has(a.id)} @change=${r} /><span>${this.roleName(a)}<span class="hint"> ${this.roleDescription(a)}</span></span></label>`};return n`<fieldset class="field"><legend>${this.words.optionalRoles}</legend>${t.map(i)}<p class="hint">${this.words.optionalRolesHint}</p></fieldset>`}#n(){let{words:e}=this,t=this.view?.organization.paying_owner??"",i=a=>{let r=a.target.value;r&&this.#r(r)};return n`<section class="panel split">
<div><h3>${e.billing}</h3><p class="hint">${e.billingHint}</p></div>
<span class="select"
><select class="input" aria-label=${e.billing} @change=${i}>
${t?o:n`<option value="" selected>–</option>`}
${this.owners.map(a=>n`<option value=${a.id} ?selected=${a.id===t}>${u(a)}</option>`)}</select
>${d(h)}</span
>
</section>`}async#r(e){await this.attempt(async()=>{await this.change("name_paying_owner",[e],{member:e},()=>this.muster.organizations.namePayingOwner(this.org,{member:e}))})&&this.say(this.words.wasSaved)}async#o(e){if(this.#e||!e.name.trim())return;this.#e=!0,this.requestUpdate();let t={name:e.name.trim(),settings:{invitation_ttl_days:e.days,default_message:e.message.trim()||null,optional_roles:[...e.roles]}},i=await this.attempt(async()=>{await this.change("update_organization",[],t,()=>this.muster.organizations.update(this.org,t))});this.#e=!1,this.requestUpdate(),i&&this.say(this.words.wasSaved)}};var pe={"muster-access":x,"muster-api-keys":R,"muster-invitations":T,"muster-organizations":z,"muster-profile":S,"muster-settings":E};for(let[m,s]of Object.entries(pe))customElements.get(m)||customElements.define(m,s);
