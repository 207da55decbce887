import{a as u,c as p,h as c}from"./chunk-OFLXCMEH.js";import{d as a,f as o}from"./chunk-6IW7MX25.js";function _(t){let{words:e,list:i}=t,{counts:n,seats:s}=i,r=n&&t.hasSections?[e.members(n.active+n.inactive),n.pending?e.invited(n.pending):""]:[],l=[t.view?.organization.name??"",...r].filter(Boolean).join(" · ");return a`<div class="head">
<div class="title">
<slot name="header"><h2 data-home tabindex="-1">${e.team}</h2></slot>
<p class="summary nums">${l}</p>
</div>
${s?g(t,s):o}
<div class="actions">
${t.can("export_members")&&!t.hides("export")?a`<button
type="button"
class="button export"
aria-haspopup="menu"
aria-expanded=${t.isMenuOpen("export")}
aria-disabled=${t.isExporting}
@click=${m=>{t.openMenu(m,"export",e.exportList,d=>d.exportItems(t))}}
>
${t.isExporting?a`<span class="spin"></span>`:o}${e.exportList}
</button>`:o}
${t.can("invite_members")?a`<button type="button" class="button primary" part="primary" @click=${()=>t.invite()}>${u(p)}${e.invitePeople}</button>`:o}
</div>
</div>`}function g(t,e){let{words:i}=t,{used:n,limit:s}=e;if(s==null)return a``;let r=i.seatsUsed(n,s);return a`<div class="seats nums ${e.at_limit?"full":""}" part="seats">
<span>${r}</span><progress aria-label=${r} max=${Math.max(s,1)} value=${Math.min(n,s)}></progress>
</div>`}function b(t){let{words:e,list:i}=t,n=i.seats?.limit;if(!i.seats?.at_limit||n==null)return o;let s=t.can("invite_members")&&t.view?.roles.some(r=>!r.uses_seat&&(r.invite.organization||r.invite.resources.length));return a`<div class="notice warning" part="seats-warning">
${u(c)}
<div>${e.seatsFull(n)} ${s?e.seatsFullHint:o}</div>
<slot name="upgrade">${v(t)}</slot>
</div>`}function v(t){let e=t.upgradeUrl??t.view?.organization.plan.upgrade_url;return!e||!/^(https?:|\/)/i.test(e)?o:a`<a class="link" href=${e} @click=${n=>{t.emit("upgrade",{url:e},!0)||n.preventDefault()}}>${t.words.getSeats}</a>`}var j=()=>({q:"",invite_status:"",status:"",role:[],joined_in:"",resource:"",sort:""});function f(t){return Object.fromEntries(Object.entries(t).filter(([,e])=>e.length))}function w(t){let e=Object.entries(f(t)).map(([i,n])=>[i,String(n)]);return new URLSearchParams(e).toString()}function T(t){let e=new URLSearchParams(t),i=s=>e.get(s)??"",n=(s,r)=>r.find(l=>l===i(s))??"";return{q:i("q"),invite_status:n("invite_status",["accepted","pending"]),status:n("status",["active","inactive"]),role:i("role").split(",").filter(Boolean),joined_in:i("joined_in"),resource:i("resource"),sort:n("sort",["name","-name","joined","-joined","last_active","-last_active"])}}var M=t=>!!(t.invite_status||t.status||t.role.length||t.joined_in||t.resource);export{_ as a,b,v as c,j as d,f as e,w as f,T as g,M as h};
