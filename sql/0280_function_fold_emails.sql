create or replace function app.fold_emails(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- Parts of an address are no words of the talk around it: letters, numbers, names.
  v_part constant text := '(?: (?:L[a-z](?: as in [^ ]+)?|[NAWPLRUTYXOHK0-9][^ ]*|i|a|may|will))';
  v_join constant text := '(?: (?:[-.+~]|dot|period|point|underscore|dash|hyphen|plus))';
  v_host constant text := '(?: (?:gmail|yahoo|hotmail|outlook|icloud|aol|proton|protonmail|gmx))';
  -- One or two known words may stand right before "at" ("quill family at ...") if they are none that lead to a web site.
  v_word constant text := '(?: (?!(?:is|it|us|me|you|him|her|them|here|online|book|booking|look|find|site|website|page|visit|available|live|am|are|be'
    || '|email|address|to|for|on|and|or|the|my|your|our|that|this|out|up|more|now|uh|was|not) )[a-z]+)';
begin
  if p_words like '% E %' then
    p_words := app.folded_words(p_words, '()( E)(?= )', 'email');
  end if;
  if p_words like '% @ %' then
    p_words := app.folded_words(p_words, '()((?: [^ ]+ (?:[-.+~]|!(?= [NWLPA][^ ]+ @ )))* [^ ]+ @ [^ ]+(?: - [^ ]+)*(?: \.(?: [^ ]+ -)* [^ ]+| ! [NWA]?(?:com|net|org|edu|gov|info|biz|io|co|me|us|uk|ca|au|ie|de|at|ch|fr|es|it|nl|be|se|dk|pl|pt))+)(?= )', 'email');
  end if;
  if not (app.says_any(p_words, '{at,@}') and app.says_any(p_words, '{dot,period,point,.,gmail,yahoo,hotmail,outlook,icloud,aol,proton,protonmail,gmx}')) then
    return p_words;
  end if;
  -- Right after what introduces one, ordinary words are an address too: "it's the real pat at ...".
  p_words := app.folded_words(p_words,
    '( (?:email(?: (?:address|is|''s|:|would|will|be|it|should))*|it ''s|that ''s|uh|use|try|to|that (?:would|will) be))((?: (?:the|my|our)(?= ))?(?: (?!(?:is|it|us|me|you|him|her|them|here|online|book|look|find|site|website|page|visit|available|am|are|email|address|'
      || 'to|for|or|your|that|this|X|at) )[^][;!?¶/@=_ ][^ ]*){1,5}(?: all (?:one|U1) word)? at(?:' || v_host || '| (?:the )?[NAWPRLa-z][^ ]*(?: [NWPRa-zL0-9][^ ]*){0,3}(?: (?:dot|period|point) [NAWPRLa-z][^ ]*){1,3}))(?= )', 'email');
  return app.folded_words(p_words,
    '()((?:(?: (?!X )[A-Za-z][^ ]*' || v_join || '|' || v_part || '|' || v_join || '(?: [a-z]+)?)*(?:' || v_part || '|' || v_join || ' [a-z]+| (?!X )[A-Za-z][^ ]*' || v_join || ' [a-z]+)' || v_word || '{0,2}|' || v_word || '{1,2})'
      || '(?:(?: [;,])?(?: (?:all|in|U1|word|lowercase|lower|case|no|spaces?|together))+)?(?: [;¶])? (?:at(?: sign)?|@)(?: ¶)?(?! [0-9UTY])'
      || '(?:(?: [a-zVSZJMDCQFGB][^ ]*(?= (?:dot|dash|hyphen|underscore|[-.]) )| (?:the|saint|my|our|new|old|little|big|best|good|happy|family)(?= [NWZSJ])|' || v_part || '|' || v_host || '|' || v_join || ')*(?:(?: ¶)? (?:dot|period|point|\.) [a-zNWAP][^ ]*)+|' || v_host || '))(?= )', 'email');
end
$$;

comment on function app.fold_emails(text) is
  'Classified words with e-mail addresses folded, written or spoken: "ann dot quill at gmail dot com", letter by letter and over several turns too.';

select app.seal('app.fold_emails(text)', null, 'tenant_service', 'app_writer');
