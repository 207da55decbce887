import{f as e}from"./chunk-HXR3VW7S.js";import{a as m}from"./chunk-4FVQXGX6.js";import"./chunk-S3E6JZZT.js";m({"muster-team":e});
