import{f as e}from"./chunk-I5U3K5NF.js";import{a as m}from"./chunk-X2I2MEBS.js";import"./chunk-QQM7MJBM.js";m({"muster-team":e});
