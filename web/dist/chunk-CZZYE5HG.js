import{a as z,b as M,c as T,d as s,e as I,f as p,h as R,j as S,k as P}from"./chunk-R2ASKQEX.js";var Z="cancel close save retry remove requestId selected team members invited invitePeople leaveTeam exportList seatsUsed seatsFull seatsFullHint getSeats searchPeople show everyone onlyMembers onlyPending resendAll pendingTitle filters role status joined sort anyOne several clearFilters lastWeek lastMonth lastYear byName byNameBack byJoined byJoinedBack byActive byActiveBack people name lastActive timezone actions actionsFor select selectAll active inactive pending you pays never noRole until andMore expires invitedBy mail.bounced mail.failed mail.returned mail.complained mail.declined loadMore searchOn loading found nobody nobodyHint nothingFound nothingFoundHint clearAll noPending noPendingHint onlyYou",x=$("en",Z,`Cancel
Close
Save
Try again
Remove
Request {0}
{0|# selected}
Team
{0|e# member|# members}
{0|# invited}
Invite people
Leave team
Export
{0} of {1|e# seat|# seats}
{0|eThe only seat is in use.|All # seats are in use.}
You can still invite people to roles that take no seat.
Get more seats
Search by name or email
Show
Everyone
Members
Invited
Send all again
Pending invitations
Filters
Role
Status
Joined
Sort
Any
{0} +{1}
Clear
Last 7 days
Last month
Last year
Name, A to Z
Name, Z to A
Joined first
Joined last
Active longest ago
Active last
People
Name
Last active
Time zone
Actions
Actions for {0}
Select {0}
Select all
Active
Inactive
Invited
You
Billing
Never
No role
until {0}
{0|+#}
Expires {0}
Invited by {0}
Email bounced
Email rejected
Email returned
Marked as spam
Declined before
Load more
Search on
Loading
{0|e# person found|# people found}
Nobody here yet
Invite the people you work with. They get an email with a link to join.
Nobody found
No one matches this search and these filters.
Clear search and filters
No pending invitations
Invitations that wait for an answer are listed here.
You are a member of this team.`);var G=5e3,L={en:async()=>({...x,...(await import("./en-more-ZAH4NSJ6.js")).enMore}),de:async()=>(await import("./de-YDYU5IBO.js")).de,fr:async()=>(await import("./fr-DEM3XC4J.js")).fr,es:async()=>(await import("./es-3BGABKXR.js")).es,ar:async()=>(await import("./ar-64LNMLJK.js")).ar},W=new Map,u=new Map;function A(r){let n=r.toLowerCase().split("-")[0]??"";return n in L?n:"en"}function E(r){let n=A(r),e=()=>new Promise(o=>setTimeout(o,G)).then(()=>{u.delete(n)}),t=()=>L[n]().then(o=>{W.set(n,o)},e);return u.has(n)||u.set(n,t()),u.get(n)}function y(r,n){let e=A(r);return W.get(e)??(e==="en"&&!n?k:void 0)}var k=x,N=r=>/^(ar|he|fa|ur)\b/i.test(r),m=class{constructor(n,e){this.language=n;this.timeZone=e}day(n){return new Intl.DateTimeFormat(this.language,{dateStyle:"medium",timeZone:this.timeZone}).format(new Date(n))}relative(n,e=Date.now()){let t=(new Date(n).getTime()-e)/1e3,o=[["year",31557600],["month",2629800],["day",86400],["hour",3600]],[i,a]=o.find(([,c])=>Math.abs(t)>=c)??["second",3600];return new Intl.RelativeTimeFormat(this.language,{numeric:"auto"}).format(Math.round(t/a),i)}number(n){return new Intl.NumberFormat(this.language).format(n)}list(n){return new Intl.ListFormat(this.language,{style:"short",type:"unit"}).format(n)}};var C=':host{--0: var(--muster-accent, light-dark(#4f46e5, #9192f8));--h: var(--muster-on-accent, light-dark(#fff, #11111c));--3: var(--muster-color, light-dark(#18181b, #ededf0));--g: var(--muster-muted, light-dark(#5d5e68, #a2a3ae));--1: var(--muster-background, light-dark(#fff, #111113));--n: var(--muster-surface, light-dark(#fff, #1a1a1d));--2: var(--muster-border, light-dark(#e5e5ea, #2d2d33));--5: var(--muster-danger, light-dark(#b91c32, #ff8791));--i: var(--muster-on-danger, light-dark(#fff, #21080b));--p: var(--muster-warning, light-dark(#87500a, #eeb868));--m: var(--muster-success, light-dark(#1b7045, #6ad3a0));--7: var(--muster-focus, var(--0));--k: var(--muster-radius, 10px);--c: calc(var(--k) * .75);--9: var(--muster-gap, 16px);--4: var(--muster-control-height, 36px);--8: var(--muster-font, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);--r: max(12px, .75rem);--l: max(13px, .8125rem);--f: max(14px, .875rem);--d: max(16px, 1rem);--q: max(20px, 1.25rem);--j: color-mix(in oklab, var(--3) 4.5%, transparent);--a: color-mix(in oklab, var(--3) 7%, transparent);--6: color-mix(in oklab, var(--3) 16%, var(--2));--o: color-mix(in oklab, var(--0) 10%, transparent);--e: 0 0 0 1px var(--2), 0 1px 2px light-dark(#0000000d, #0006), 0 8px 24px light-dark(#0000001c, #0009);display:block}.root{all:initial;display:block;color-scheme:inherit;direction:inherit;container-type:inline-size;pointer-events:auto;font:400 var(--f)/1.45 var(--8);color:var(--3);background:var(--1);-webkit-font-smoothing:antialiased;text-align:start}:host([hidden]){display:none}*,:before,:after{box-sizing:border-box}h2,h3,p,ul,ol,dl,dd,fieldset,table{margin:0;padding:0;border:0}ul,ol{list-style:none}button,input,select,textarea{font:inherit;color:inherit;letter-spacing:inherit}h2{font-size:var(--q);font-weight:600;letter-spacing:-.012em;line-height:1.25}h3,.empty h2{font-size:var(--f);font-weight:600}a{color:var(--0);text-decoration-thickness:1px;text-underline-offset:2px}svg{inline-size:16px;block-size:16px;flex:none;fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}:focus-visible{outline:2px solid var(--7);outline-offset:2px}:focus:not(:focus-visible){outline:none}.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.muted{color:var(--g)}.small{font-size:var(--l)}.nums{font-variant-numeric:tabular-nums}.clip{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-inline-size:0}[dir=auto]{text-align:left}[dir=rtl] [dir=auto]{text-align:right}.flow{display:flex;flex-wrap:wrap;align-items:center;gap:8px}.button{display:inline-flex;align-items:center;justify-content:center;gap:7px;min-block-size:var(--4);padding-inline:14px;border:1px solid var(--6);border-radius:var(--c);background:var(--n);color:var(--3);font-weight:500;white-space:nowrap;cursor:pointer;text-decoration:none;transition:background-color .12s,border-color .12s,opacity .12s}.button:hover{background:linear-gradient(var(--j),var(--j)) var(--n)}.button.primary{background:var(--0);border-color:transparent;color:var(--h);box-shadow:inset 0 1px light-dark(#ffffff29,#fff0),0 1px 2px light-dark(#00000024,#0000)}.button.primary:hover{background:color-mix(in oklab,var(--0) 88%,var(--3))}.button.danger{background:var(--5);border-color:transparent;color:var(--i)}.button.danger:hover{background:color-mix(in oklab,var(--5) 88%,var(--3))}.button.plain{border-color:transparent;background:none}.button.plain:hover{background:var(--a)}.button.icon{padding:0;inline-size:var(--4);min-inline-size:var(--4)}.icon[aria-haspopup] svg{stroke-width:2.4;color:var(--g)}.button:disabled,.button[aria-disabled=true]{opacity:.55;cursor:default}.link{border:0;padding:0;background:none;color:var(--0);font-weight:500;cursor:pointer;text-decoration:none}.link:hover{text-decoration:underline}.input{inline-size:100%;min-block-size:var(--4);padding:6px 12px;border:1px solid var(--6);border-radius:var(--c);background:var(--n);transition:border-color .12s,box-shadow .12s}.input::placeholder{color:var(--g);opacity:1}.input:hover{border-color:color-mix(in oklab,var(--3) 30%,var(--2))}.input:focus-visible,.box:focus-within{outline:none;border-color:var(--7);box-shadow:0 0 0 3px color-mix(in oklab,var(--7) 22%,transparent)}input[type=checkbox],input[type=radio]{accent-color:var(--0);inline-size:16px;block-size:16px;margin:0;flex:none;cursor:pointer}.badge{display:inline-flex;align-items:center;gap:5px;padding:1px 8px;border-radius:99px;font-size:var(--r);font-weight:500;line-height:1.5;white-space:nowrap;color:var(--g);background:var(--a)}.badge.accent{color:color-mix(in oklab,var(--0) 84%,var(--3));background:var(--o)}.badge.warning{color:var(--p);background:color-mix(in oklab,var(--p) 12%,transparent)}.badge.danger{color:var(--5);background:color-mix(in oklab,var(--5) 10%,transparent)}.dot{inline-size:7px;block-size:7px;border-radius:99px;background:var(--g);flex:none}.dot.active{background:var(--m)}.dot.pending{background:none;box-shadow:inset 0 0 0 1.5px var(--g)}.avatar{--_hue: var(--0);display:inline-grid;place-items:center;inline-size:34px;block-size:34px;border-radius:99px;flex:none;-webkit-user-select:none;user-select:none;font-size:12.5px;font-weight:600;letter-spacing:.02em;text-transform:uppercase;background:color-mix(in oklab,var(--_hue) 18%,var(--n));color:color-mix(in oklab,var(--_hue) 45%,var(--3))}.avatar.large{inline-size:56px;block-size:56px;font-size:19px}.avatar.pending{background:none;color:var(--g);box-shadow:inset 0 0 0 1.3px var(--6)}.avatar.inactive{filter:grayscale(1);opacity:.75}.notice{display:flex;gap:10px;align-items:start;padding:11px 14px;border-radius:var(--k);font-size:var(--l);background:var(--j);min-inline-size:0}.notice>svg{margin-block-start:1px;color:var(--g)}.notice>div{flex:1;min-inline-size:0;overflow-wrap:anywhere}.notice.danger{background:color-mix(in oklab,var(--5) 8%,transparent)}.notice.danger>svg{color:var(--5)}.notice.warning{background:color-mix(in oklab,var(--p) 10%,transparent)}.notice.warning>svg{color:var(--p)}.notice .link{margin-inline-start:auto;white-space:nowrap}.spin{inline-size:15px;block-size:15px;border-radius:99px;border:2px solid currentColor;border-inline-end-color:transparent;animation:spin .7s linear infinite;flex:none}@keyframes spin{to{rotate:1turn}}.bone{border-radius:6px;background:var(--a);animation:pulse 1.6s ease-in-out infinite;block-size:10px}@keyframes pulse{50%{opacity:.45}}.page{display:grid;gap:var(--9);grid-template-columns:minmax(0,1fr)}.head{display:flex;flex-wrap:wrap;align-items:center;gap:12px 20px}.head p,.sub{color:var(--g);font-size:var(--l)}.list{border:1px solid var(--2);border-radius:calc(var(--k) + 2px);background:var(--n);min-inline-size:0}.name{display:flex;align-items:center;gap:6px;min-inline-size:0}.name strong{font-weight:500}.bones{display:flex;gap:14px;align-items:center;padding:14px 16px}.bones+.bones{border-block-start:1px solid var(--2)}.bones .bone{flex:0 1 120px}.bones .bone.wide{flex:1 1 200px;max-inline-size:260px;margin-inline-end:auto}.empty{display:grid;justify-items:center;gap:6px;padding:56px 24px;text-align:center}.empty>svg{inline-size:40px;block-size:40px;stroke-width:1.1;color:var(--g);margin-block-end:6px}.empty p{color:var(--g);max-inline-size:40ch;text-wrap:balance}.empty .flow{margin-block-start:12px;justify-content:center}@media(pointer:coarse){:host{--4: var(--muster-control-height, 44px) }.input{font-size:max(16px,1rem)}}@media(prefers-reduced-motion:reduce){*,:before,:after,::backdrop{animation-duration:1ms!important;animation-iteration-count:1!important;transition-duration:1ms!important}}@media(forced-colors:active){.button,.input,.badge,.avatar,.notice{border:1px solid CanvasText}.button.primary{forced-color-adjust:none;background:Highlight;color:HighlightText}.dot{background:CanvasText;forced-color-adjust:none}}';var d=r=>I`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${r}/></svg>`,le="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",de="M8 3v10M3 8h10",ce="m4 6.5 4 4 4-4",pe="m4 9.5 4-4 4 4",ue="M5 3v10m0 0L2.5 10.5M5 13l2.5-2.5M11 13V3m0 0L8.5 5.5M11 3l2.5 2.5",me="M3.5 8h.01M8 8h.01M12.5 8h.01",j="M8 6v3.5M8 12h.01M7 2.6 1.5 12a1.2 1.2 0 0 0 1 1.8h11a1.2 1.2 0 0 0 1-1.8L9 2.6a1.2 1.2 0 0 0-2 0Z",q="M2.5 3.5h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Zm-.7.7L8 9l6.2-4.8",ge="M6 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 6 8Zm-4.5 5.5c.2-2.4 1.9-4 4.5-4s4.3 1.6 4.5 4M10.5 2.9a2.7 2.7 0 0 1 0 4.8m1.3 2.2c1.6.5 2.5 1.8 2.7 3.6",fe="M6 13.5H3.5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1H6M10.5 11l3-3-3-3m3 3H6",D="m4 4 8 8M12 4l-8 8";var K=r=>`--_hue: ${r}`,H=["#4f6bed","#0f8f83","#b4569c","#c76a1e","#7b61d9","#2f8f4e","#c2475b","#3a86b8"];function Y(r){let n=0;for(let e of r)n=n*31+(e.codePointAt(0)??0)>>>0;return H[n%H.length]??"#4f6bed"}function V(r,n){let e=(r??"").trim().split(/\s+/).filter(o=>/[\p{L}\p{N}]/u.test(o)),t=(o="")=>[...o].find(i=>/[\p{L}\p{N}]/u.test(i))??"";return e.length?t(e[0])+(e.length>1?t(e.at(-1)):""):t(n)}function xe(r,n=""){if(r.kind==="invitation")return s`<span class="avatar pending ${n}" part="avatar" aria-hidden="true">${d(q)}</span>`;let e=r.status==="inactive"?"inactive":"";return s`<span class="avatar ${e} ${n}" part="avatar" aria-hidden="true" .style=${K(r.color??Y(r.id))}
>${V(r.name,r.email)}</span
>`}var Q={"token-unavailable":"unauthorized","too-many-requests":"throttled","role-not-enabled":"role-not-assignable","invalid-argument":"other","repeated-cursor":"other"};function X(r,n){let e=n.type.slice(n.type.lastIndexOf("/")+1),t=Q[e]??(/^invitation-.*(ed|sent)$/.test(e)?"not-found":e),o=r.problems?.[t],i=n.seats;return t==="no-seats-available"&&typeof i?.limit=="number"?`${o} ${r.seatsShort(i.needed,Math.max(0,i.limit-i.used))}.`:o??n.detail??n.title??""}var ze=(r,n)=>{let e=r.faults;return e[n]?e[n]:/at|empty|character|local|domain/.test(n)?r.faults.invalid_email:r.faults.other};function Me(r,n,e){let{words:t}=r;return s`<div class="notice danger" part="error" role="alert" tabindex="-1" data-problem>
${d(j)}
<div>
${X(t,n)}
${n.status>=500&&n.request_id?s`<div class="muted">${t.requestId(n.request_id)}</div>`:p}
</div>
${e?s`<button type="button" class="link" @click=${e}>${t.retry}</button>`:p}
</div>`}var ee=/^https?:/.test(import.meta.url)?new URL(import.meta.url).origin:"",te=6e3,O=class extends R{constructor(){super(...arguments);this.#r=0;this.#o=null;this.needsAllWords=!0}static{this.properties={api:{},organization:{},language:{},getToken:{attribute:!1},messages:{attribute:!1},client:{attribute:!1}}}static{this.styles=[T(C)]}#e;#n;#t;#i;#r;#o;connectedCallback(){super.connectedCallback(),this.#i=P(()=>this.requestUpdate("setup"))}disconnectedCallback(){super.disconnectedCallback(),this.#i?.(),clearTimeout(this.#r)}setting(e){return this[e]??S()[e]}get org(){return this.setting("organization")??""}get hasAccess(){return!!(this.setting("client")||this.setting("getToken"))}get muster(){let e=this.setting("client");if(e)return e;let t=this.setting("api")??ee;if(this.#n?.api!==t){let o=i=>this.setting("getToken")?.(i);this.#n={api:t,client:M({api:t,getToken:o})}}return this.#n.client}get tag(){return(this.setting("language")??(this.closest("[lang]")??this.ownerDocument.documentElement).getAttribute("lang")??this.ownerDocument.defaultView?.navigator.language??"en")||"en"}get words(){let e=this.setting("messages"),t=y(this.tag,this.needsAllWords)??k,o=[t,e];return(!this.#t||this.#t.key.some((i,a)=>i!==o[a]))&&(this.#t={key:o,words:{...t,...e}}),this.#t.words}get isReady(){let e=!!y(this.tag,this.needsAllWords);return e||E(this.tag).then(()=>this.requestUpdate()),e}get formats(){return new m(this.tag)}roleName(e){return this.setting("messages")?.roles?.[e.id]?.name??e.name}roleDescription(e){return this.setting("messages")?.roles?.[e.id]?.description??e.description??""}emit(e,t={},o=!1){return this.dispatchEvent(new CustomEvent(`muster-${e}`,{detail:t,bubbles:!0,composed:!0,cancelable:o}))}problem(e){if(!z(e))throw e;let t=e;return t.status===401&&this.emit("sign-in",{return_to:location.href}),this.emit("problem",{problem:t},!0)?t:void 0}open(e){this.#o??=this.renderRoot instanceof ShadowRoot?this.renderRoot.activeElement:null,this.#e=e,this.requestUpdate()}close(){let e=this.renderRoot.querySelector("dialog");this.#e=void 0,e?.open&&e.close(),this.requestUpdate();let t=this.#o;this.#o=null,this.updateComplete.then(()=>{t?.isConnected?t.focus():this.renderRoot.querySelector("[data-home]")?.focus()})}get panel(){return this.#e}say(e){let t=this.renderRoot.querySelector(".toast");t&&(t.textContent=e,t.matches(":popover-open")&&t.hidePopover(),t.showPopover(),clearTimeout(this.#r),this.#r=setTimeout(()=>t.matches(":popover-open")&&t.hidePopover(),te),this.announce(e))}announce(e){let t=this.renderRoot.querySelector(".hidden[role=status]");t&&(t.textContent=e)}updated(e){let t=this.renderRoot.querySelector("dialog");t&&!t.open&&t.showModal()}root(e){return s`<div class="root" dir=${N(this.tag)&&this.isReady?"rtl":"ltr"} lang=${this.tag}>
${e}${this.#a()}
<div class="toast" popover="manual" aria-hidden="true"></div><div class="hidden" role="status"></div></div>`}#a(){let e=this.#e;if(!e)return p;let t=a=>{a.preventDefault(),e.submit()},o=a=>{a.preventDefault(),e.busy||this.close()},i=a=>{this.#e===e&&!a.target.open&&this.close()};return s`<dialog part="dialog" class=${e.width??""} aria-labelledby="dialog-title" @cancel=${o} @close=${i}><form novalidate @submit=${t}><header><h2 id="dialog-title" part="dialog-title">${e.title}</h2><button type="button" class="button plain icon" aria-label=${this.words.close} @click=${o}>${d(D)}</button></header><div class="body">${e.body()}</div><footer>${e.footer()}</footer></form></dialog>`}};function $(r,n,e){let t=e.split(`
`),o=new Intl.PluralRules(r),i=new Intl.NumberFormat(r),a=l=>{let g=(...f)=>l.replace(/\{(\d)([^}]*)\}/g,(v,h,w)=>{let b=f[h]??"";if(!w)return String(b);let[F="",..._]=w.slice(1).split("|").reverse(),B=o.select(Number(b))[2]??"";return(_.find(U=>U.startsWith(B))?.slice(1)??F).replace("#",i.format(Number(b)))});return l.includes("{")?g:l},c={};return n.split(" ").forEach((l,g)=>{let[f="",v]=l.split("."),h=v?c[f]??={}:c;h[v??l]=a(t[g]??"")}),c}export{$ as a,Z as b,E as c,d,le as e,de as f,ce as g,pe as h,ue as i,me as j,j as k,q as l,ge as m,fe as n,D as o,K as p,H as q,Y as r,xe as s,X as t,ze as u,Me as v,O as w};
