create or replace function app.fold_addresses(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- "1242", "12 B", "twelve forty-two", "one oh five".
  v_number constant text := '(?: lot(?= [0-9]))?(?: B(?: (?:number|is))? (?:[0-9]+|[UT][0-9]+)(?: L[a-z])?(?: (?:;|at))?)?(?: number [0-9]{1,5}(?: ;)?| [0-9]{1,5}(?: - [0-9]+| [0-9] / [0-9])?(?: L[a-h]| a(?= [^a-zW]))?| [UTYHK][0-9]*(?:(?: -| and)? (?:[UTYHK][0-9]*|Lo))*(?: L[a-h]| a(?= [NAPRV]))?)';
  v_name constant text := '(?: (?:[NAPRLVOM][^ ]*|Us|Zst|J|''s|de|del|la|las|los|el|san|saint)(?: [.!])?| (?:Z|village|station|school|bridge|town|club|college|center|property|point|mill|church|spring|university|market|hospital|forest|lake|river|ocean|mountain|lemon|sun|moon|silver|gold|stone)(?= (?:Z|S |point|center|station|village))| (?:old|new|little|big|upper|lower|high|long|white|red|blue|yellow|deep|dry|cold|hot|sunny|happy)(?= [NAPZ])|(?: -)? [NA][^ ]*)';
  v_small constant text := '(?: (?:[NAPRLVOMWZ][^ ]*|Us|[-.!]|''s?|of|the|old|new|first|home|long|de|del|la|las|los|el|san|[UTY][0-9]+))';
  -- A plain word can be a street's name, but none of those that lead to "the street".
  v_plain constant text := '(?: (?!(?:the|this|that|these|your|our|and|are|was|for|from|off|down|along|across|into|over|with|about|block|blocks|house|houses|door|doors|minute|question'
    || '|thing|things|more|other|others|same|next|time|times|people|way|car|cars|per|parking|which|what|when|but|not|you|can|could|will|works?|there|here|then|than|have|has|had) )[a-z]{3,})';
  -- Streets that are only counted: "5th", "forty third".
  v_ordinal constant text := '(?: (?:Y[0-9]0(?: -)? )?O[0-9]+)';
  v_unit constant text := '(?:(?: [;,!])?(?: (?:B|#|room|door|number|lot|building|space|level|[NWA](?:lot|bldg|trailer|tower|block|level|lvl|bld)))(?: [.!#])?(?: number)?(?: (?:[0-9]+|[UTYO][0-9]+|H|-|L[a-z]|a(?= (?:[^NWa-z]|$))))+'
    || '|(?: ;)? O[0-9]+ B|(?: ;)? [0-9]{1,4} L[a-z](?= (?:[;!?¶]|$))|(?: ;)? [NW](?:penthouse|basement)){0,2}';
  v_post constant text := '(?: ;)? (?:(?:[AL][a-z]{1,2}|V) [0-9]{1,2}(?: L[a-z]| a)? [0-9] A[a-z]{2}|(?:(?:on|[NA](?:bc|ab|qc|mb|sk|ns|nb|pe|nl)) )?(?:L[a-z]|a) [0-9] (?:L[a-z]|a) [0-9] L[a-z] [0-9])';
  v_zip constant text := '(?: ;)? (?:[0-9]{5}(?: - [0-9]{4})?|(?:U[0-9]|Lo)(?: (?:U[0-9]|Lo)){4})';
  -- A town goes where a state or a code follows it.
  v_tail constant text := v_unit || '(?:(?:(?: [;!]| in)?(?: (?:[NWAV][^ ]*|new|san|los|las|la|el|de|Zst|Z)(?: [.!](?= N))?)+)?'
    || '(?:(?: ;)? (?:A[a-z][a-z]|Us)(?:' || v_zip || ')?|' || v_zip || '|' || v_post || '|(?: ;)?(?: (?:[NA](?:nsw|vic|qld|tas)|A(?:wa|sa|act|nt))) [0-9]{4}|(?: ;)? (?:or|in|me|U0|uh|hi|ms|la|de|al|id|md|N[a-z]{2})' || v_zip || '))?';
  -- An unmistakable street, whatever its letters; one that may be something else only after a name with a capital.
  v_usual constant text := v_number || '(?! Zway S)(?:' || v_small || '+ S(?: [.](?= [^N]))?(?: V| L[nesw](?! [.]))?|' || v_name || '+ (?:Z(?:st|dr|way)?|gate|point|center|centre|mall|beach|lake|river|forest|bridge)(?: [.!](?= [;,BN]))?(?: V| L[nesw](?= (?:[;!?¶]|$)))?'
    || '|(?:' || v_plain || '|' || v_name || '){1,3} S(?: V)?| S V(?= )|(?:' || v_plain || '|' || v_name || '){0,2} Z Z(?:way)?(?: V)?'
    || '|(?: V| L[nesw])(?: [.!])?' || v_ordinal || '|' || v_ordinal || '(?= (?:[;!?¶] |and |$))'
    || '|(?: (?:V|county|state|us|old))*(?: (?:[SZ](?: -)? [0-9]{1,4}(?: L[a-z])?|S (?:[UT][0-9]+|Y[0-9]0(?: U[1-9])?|L[a-z])))(?: V)?|(?: V)? [SZ] (?:of|de|des|du)(?: the)? [NAW][^ ]+| (?:Afm|Asr|Acr|Arr|us(?: -)?) [0-9]{1,4}|(?: V| L[nesw])(?: [.!])? N[^ ]+(?= (?:[;!?¶]|$))| (?:Z|[NA]via) [NA][^ ]+(?= (?:[;!?¶]|$|is ))|(?: V)?(?: (?:el|la|las|los))? Zca(?: (?:de|da|do|dos|das|del|la|las|los|el|real|Z|[NAPR][^ ]+))+|(?: V)?(?: (?:[NAP][^ ]*|van|de|la|el|san|Zst)){1,3}(?= (?:; )?B(?: number)? [0-9UTY])| Zbroadway)' || v_tail
    || '|(?: (?:Lp(?: [.!])? Lo(?: [.!])?|[NAW]po|(?:[NAW](?:rr|hc)|[NAW]?rural Z|star Z|[NAW]highway [NAW]?contract)(?: [0-9]+| [UTY][0-9]+)+(?: ;)?)) box(?: number)?(?: [0-9]+|(?: [UTY][0-9]+)+)' || v_tail
    || '| box(?: [0-9]+|(?: [UTY][0-9]+)+)(?: ;)?(?: [NAW]?rural)? Z(?: [0-9]+|(?: [UTY][0-9]+)+)|' || v_number || ' [NW]?block of(?: (?:V|the))?(?:' || v_name || '|' || v_plain || '| [SZ]| O[0-9]+){1,2}'
    || '|(?:' || v_plain || '|' || v_name || '){0,3} [SZ](?: [0-9]+)?(?: [;,]| at){1,2} number(?: [0-9]+|(?: [UTYH][0-9]*)+)';
  -- Being somewhere needs "at" or "on"; the words that are about an address need not.
  v_leads constant text := ' (?:(?:live|lives|living|home|address|reside|residing|house|staying|stay|moved|mail|send|ship|deliver|delivered|sent|located|place|change|changed|switch|update|updated|[SZ](?= (?:is|''s|:)))'
    || '(?: (?:is|was|should|would|will|be|out|now|still|here|there|down|changed|from|them|bill|''s|at|on|in|[:;?!¶]|it|my|the|to|that|uh|new|over|please|file|number|and|S|hasn|''t|has|same|not|box))*'
    || '|at(?= [0-9]{3,5} )|(?:am|''m|is|are|''re|''s|be|was|were|been)(?: (?:over|still|now|out|up|down|right|here|there|living|staying))? (?:at|on)(?: the)?)';
  v_measure constant text := '(?:mg|ml|mcg|cc|kg|lbs?|mm|cm|percent|milligrams?|grams?|millilit(?:er|re)s?|units?|tablets?|capsules?|ounces?|inches|puffs?)';
  -- What follows an address without "street": it ends, or the sentence goes on.
  v_ends constant text := '(?= (?:[;!?¶]|$|(?:and|but|so|if|is|in|with|near|off|by|right|just|uh|now|please|thanks|thank|that|which|where|across|next|on|for|apartment|my|the|to|i) ))';
begin
  -- The clinic's own address is no patient's.
  if app.says_any(p_words, '{our,clinic,office,practice,salon,spa,located}') then
    p_words := app.folded_words(p_words, '( (?:our (?:office|clinic|practice|location)|(?:clinic|office|practice|salon|spa) is|we (?:are|''re) located|(?:clinic|office|practice)(?: [?!;])? ¶)(?: (?:is|at|on|in|here|we|''re|are|it|''s|uh|the|our|address|located))*)('
      || v_usual || '|' || v_number || '(?: [^ ]+){1,3} (?:S|Z[a-z]*))(?= )', 'stays');
  end if;
  if app.says_any(p_words, '{S,Z,Zst,Zway,Zdr,Zca,Zbroadway,B,O5,block,Nblock,Wblock,box,gate,Nvia,V,Le,Lw,Ln,Ls,Afm,Asr,Acr}') then
    p_words := app.folded_words(p_words, '()(' || v_usual || ')(?= )', 'address');
  end if;
  -- Where somebody says to live, small letters, doubtful streets, and names without "street" are enough.
  if app.says_any(p_words, '{S,Z,Zst,Zway,Zdr,Zca,Zbroadway,B,live,lives,living,address,reside,residing,moved,staying,send,mail,ship,deliver,house,home,located,change,changed,from,Z,at,on}') then
    p_words := app.folded_words(p_words, '(' || v_leads || ')('
      || v_number || '(?: (?:[NAPRLWVOZ][^ ]*|[a-z]{3,}|de|la|el))+ (?:S|Z[a-z]*)(?: V)?' || v_tail || '|(?: [0-9]+| [UTY][0-9]*)+ the [ZS]|(?: [NAP][^ ]+){1,2}(?: ;)? number(?: [0-9]+|(?: [UTYH][0-9]*)+)|' || v_number || ' on(?: the)?' || v_small || '+ [SZ]'
      || '|(?:' || v_number || ')?(?: (?:the|old|new|school|station|village|[NAPWZ][^ ]*)){0,3} (?:house|[NW](?:cottage|lodge|farm|barn|hall|rectory|vicarage|villa)) ;(?:' || v_name || '|' || v_plain || '){1,3} [SZ]' || v_tail
      || '|' || v_number || '(?: V| L[nesw](?: [.!])?)?(?! [NWA]' || v_measure || ' )(?: (?:[NAP][^ ]+|O[0-9]+)){1,3}(?: (?:Z|mill|point|center|station|village|lake|river|beach|forest))?' || v_tail || v_ends || ')(?= )', 'address');
    p_words := app.folded_words(p_words, '( (?:address|reside|live|lives|living|S)(?: (?:is|was|at|on|file|should|would|will|be|now|still|[:;?!¶]|it|''s|my|the|uh|over|out|there|number|and|S|please|line))+)('
      || v_number || '(?: V)?(?:' || v_plain || '|' || v_name || '| Z){1,2}' || v_tail || v_ends || ')(?= )', 'address');
    p_words := app.folded_words(p_words, '( \[address(?: =)*(?: [^ ]+){0,8} ¶(?: (?:uh|it|''s|is|yes|my|the))*)( B(?: number)?(?: #)? (?:[0-9]+|[UTY][0-9]+)(?: [0-9]+| [UTY][0-9]+| L[a-z])*)(?= )', 'address');
  end if;
  -- A unit that is said before the street: "apartment 12F at ...".
  if p_words like '% [address%' and app.says_any(p_words, '{B,room}') then
    p_words := app.folded_words(p_words, '()((?: [NW]?dorm)? (?:B|room)(?: (?:number|is|#))*(?: [0-9]+| [UTY][0-9]+)+(?: L[a-z]| a)?)(?= (?:(?:;|at|in|on) )?\[address )', 'address');
  end if;
  if app.says_any(p_words, '{corner,Nintersection,Wintersection}') then
    p_words := app.folded_words(p_words, '( (?:corner|[NW]?intersection) of)((?: V)?(?! (?:mouth|eye|eyes|lip|lips|nose|jaw|tooth|room) )(?:' || v_plain || '|' || v_name || '|' || v_ordinal || '| Z){1,3}(?: [SZ][a-z]*)? (?:and|~)(?: V)?(?:'
      || v_plain || '|' || v_name || '|' || v_ordinal || '| Z)(?:' || v_name || '|' || v_ordinal || '| Z[a-z]*| S)*)(?= )', 'address');
  end if;
  return app.fold_foreign_addresses(p_words, v_post);
end
$$;

comment on function app.fold_addresses(text) is
  'Classified words with street addresses folded: American and British ones in digits or words with unit, town and code, and app.fold_foreign_addresses''s. What is said to be the clinic''s own stays.';

select app.seal('app.fold_addresses(text)', null, 'tenant_service', 'app_writer');
