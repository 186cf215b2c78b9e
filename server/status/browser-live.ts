/** Browser code of the status page, inline and named by its hash: follows events and puts the new text in place. */
export const liveScript = `(()=>{
const main=document.getElementById('main');let busy=false,again=false
const mark=()=>{const live=main.querySelector('.live');if(live)live.hidden=false}
const load=async()=>{if(busy){again=true;return}busy=true
try{const answer=await fetch('/',{headers:{accept:'text/html'}});if(answer.ok){
const page=new DOMParser().parseFromString(await answer.text(),'text/html')
const open=[...main.querySelectorAll('details[open]')].map(one=>one.closest('[id]').id+one.className)
main.replaceChildren(...page.getElementById('main').childNodes);document.title=page.title
for(const one of main.querySelectorAll('details'))one.open=open.includes(one.closest('[id]').id+one.className)
mark()}}finally{busy=false;if(again){again=false;load()}}}
const events=new EventSource('/dgos/v1/status/live')
events.onopen=mark;events.onmessage=load
})()`
