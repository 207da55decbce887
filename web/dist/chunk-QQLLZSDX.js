function s(r){let n=new Intl.PluralRules(r),l=new Intl.NumberFormat(r);return(t,e)=>(e[n.select(t)]??e.other).replace("#",l.format(t))}export{s as a};
