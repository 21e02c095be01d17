(()=>{(()=>{try{const e=localStorage.getItem("kb-scheme");(e==="dark"||e==="light")&&(document.documentElement.dataset.scheme=e)}catch{}})();})();
