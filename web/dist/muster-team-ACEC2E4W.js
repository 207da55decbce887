import{f as e}from"./chunk-23HJPDZO.js";import{a as m}from"./chunk-7XNANNFN.js";import"./chunk-QQM7MJBM.js";m({"muster-team":e});
