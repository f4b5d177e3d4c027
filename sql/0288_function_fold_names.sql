create or replace function app.fold_names(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_initial constant text := '(?: L[a-z](?: [.!])?(?= [NAPRW]))';
  v_part constant text := '(?: (?:mc|de|la|le|van|von|der|den|del|di|da|das|do|du|dos|zu|bin|bint|ibn|abu|al|el|las|los|Zst)(?: [.!])?)*';
  v_next constant text := '(?: [NAPR][^ ]+|' || v_initial || ')';
  -- With a capital, or known; and, where a name is said to follow, in any letters.
  v_name constant text := '(?:' || v_part || ' [NAPR][^ ]+(?:' || v_part || '(?:(?: -)?' || v_next || '| - W[^ ]+))*)';
  v_any constant text := '(?:(?:(?: L[a-z](?: [.!])?){1,3}(?= [NAPR]))?' || v_part || ' (?:[NAPWRM][^ ]+|will|bill|guy|christian|chance|Us)(?:' || v_part || '(?: -)? (?:[NAPWR][^ ]+|L[a-z](?: [.!])?(?= [NAPRW])))*)';
  -- "This is Lakeside Dental" introduces no caller.
  v_person constant text := '(?= (?!(?:[a-z]+ )?(?:dental |clinic|dentistry |medical |practice |offices? |spa |center |health|hospital |insurance |treatment |therapy |group |Z [^;!?¶]|S |website |app |card |plan )|[NAPRW]))';
  v_relative constant text := '(?:my|our|his|her|their)(?: (?:[a-z]+|U[0-9]+|[0-9]+|Q|-|J ''s)){0,4} J(?:(?: -)? in(?: -)? law)?(?: [;,:]| is| ''s|(?: ''s)? names? (?:is|''s|are)| named| called)*';
begin
  p_words := app.folded_words(p_words,
    '( (?:(?:names?|surname|[NW](?:forename|lastname|firstname))(?: (?:is|are|''s|was|will|be|would|[:;?¶]|on|the|file|under|for|it|that|my|uh|patient|his|her|appointment|of|J|account|card|form|policy|chart|booking|reservation|insurance|not|same|as|mine))*'
      || '|(?:named(?: (?:him|her|them))?|call (?:me|him|her|them)|calls me|goes by|known as|[NW]née|[NW]nee|formerly|[NW]formerly|behalf of|(?:make|made) (?:it|that|this) out to|under|(?:patient|[NW](?:holder|cardholder|policyholder)) (?:is|:))))(' || v_any || ')' || v_person, 'name');
  p_words := app.folded_words(p_words,
    '( (?:this is|(?:am i|are you|is this|you ''re)(?: speaking (?:to|with)| talking to)?|i ''m|i am|speaking (?:with|to)|talking to|me ;|it ''s me'
      || '|hi(?: there)?(?: [;!])? it ''s|(?:mr|mrs|ms|miss|mister)(?: [.!])?|(?:the|a) J of|tell [^ ¶]+(?: [^ ¶]+)? that|tell the (?:doctor|dentist|office|hygienist|nurse|front desk|receptionist)|(?:have|has|got)(?: (?:[a-z]+|U[0-9]|[0-9]))? J ;|tell (?:him|her|them|you)'
      || '|(?:go|went) by|(?:ask|asking|asked) for|(?:registered|listed|down|signed|filed) (?:as|for)|(?:in|me|up) as|look up|looking up|pull up|put down|patient ;|message(?: [^ ¶]+){0,3} from|patients ;|meet you ;|hi|thanks ;|thank you ;|(?:regards|sincerely) ;'
      || '|(?:caller|contact|insured|subscriber|guardian|[NW]guarantor|[NW]beneficiary) (?:is|:)|' || v_relative || '))(' || v_name || ')' || v_person, 'name');
  if p_words like '% my %' then
    p_words := app.folded_words(p_words, '( (?:for|is|with|bring|about))(' || v_name || ')(?= (?:; )?my (?:[a-z]+ )?J )', 'name');
  end if;
  -- The answer to "who is it for?" and "the patient's name?"; what a clinic or an insurance is called is no person's.
  if p_words like '% ¶ %' then
    p_words := app.folded_words(p_words, '( (?:who|whose|names?|spell|you are|your J ''s)(?: (?!(?:clinic|doctors?|dentist|practice|insurance|provider|company|plan|pharmacy|medication|medicine|school|employer|street|business|website) )[^ ¶]+){0,8} ¶'
      || '(?: (?:uh|it|''s|is|this|that|yes|for|my|our|she|he|i|''m|am|first|last|full|J|her|his|name|[;!]))*)(' || v_any || ')' || v_person, 'name');
  end if;
  if app.says_any(p_words, '{J,name,patient}') then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= (?:(?:is|''s) (?:my|our|his|her|the) (?:[a-z]+ )?(?:J|name|patient)|''s J) )', 'name');
  end if;
  -- "Maria's appointment", "book Maria in"; never a doctor's.
  if app.says_any(p_words, '{''s,book,schedule,reschedule,squeeze,fit,put,use}') then
    p_words := app.folded_words(p_words, '( (?!(?:doctor|Zdr|[.!-]|[NAPRZL][^ ]*) )[^ ]+)(' || v_name || ')(?= ''s (?:appointments?|visit|records?|chart|file|birthday|date|teeth|tooth|prescription|results|account|checkup|cleaning|bill|email|phone|cell|name|last|first|next) )', 'name');
    p_words := app.folded_words(p_words, '( (?:book|schedule|reschedule|squeeze|fit|put|use))(' || v_name || ')(?= (?:in|down|for|on|at|as) )', 'name');
  end if;
  -- "You have Lorenzo at three", "Is Leticia in?"
  if app.says_any(p_words, '{have,got,is}') then
    p_words := app.folded_words(p_words, '( (?:have|got|is))(' || v_name || ')(?= (?:(?:at|on|for|down for) [0-9UTD]|(?:in|there|around|home) [?]))', 'name');
  end if;
  -- Two words in a row that are none: a first and a last name; one where somebody is called, or booked, for.
  p_words := app.folded_words(p_words, '( (?:it ''s|that ''s|(?:cancel|confirm|move|cleaning|checkup|consultation|prescription|results|refill|records|paying|message|asking|book|schedule|appointment|visit|slot|it ''s|that ''s|this is|something|calling|call|phoning|checking|here|reservation|booking|spot)(?: [^ ¶]+){0,2} for))'
    || '(' || v_name || v_next || '(?= (?:[;!?¶]|$|on |at |again |and |who |today |tomorrow |next |this |in |D ))|' || v_name || '(?= (?:[;!?¶]|$|on D|at [0-9UT]|who )))(?= )', 'name');
  if p_words like '% with %' then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= with (?:an?|U[12]|[12]) L[a-z] )', 'name');
  end if;
  if app.says_any(p_words, '{calling,speaking,here,again,called,phoned,rang,line,nice}') then
    p_words := app.folded_words(p_words, '(^| (?:it ''s|that ''s|that|hi|uh|[;!?¶]|i ''m))(' || v_name || '(?: Z)?(?= (?:(?:; |again )?(?:calling|speaking|here|again)|; nice to) )|' || v_name || v_next
      || '(?= (?:called|phoned|rang|on the (?:line|phone)) ))(?= )', 'name');
  end if;
  if p_words ~ ' [NW]n[eé]e ' then
    p_words := app.folded_words(p_words, '()(' || v_name || ')(?= (?:; )?[NW]n[eé]e )', 'name');
  end if;
  if p_words like '% for %' then
    p_words := app.folded_words(p_words, '((?:^|(?: [;!?¶])) for)(' || v_name || ')(?= (?:; )?please )', 'name');
  end if;
  -- "For my kids Ada and Milo."
  if app.says_any(p_words, '{J,names,name,patients}') then
    p_words := app.folded_words(p_words, '( (?:J|names?|patients)(?: (?:is|are|;))* \[name(?: =)*(?: ;| and| ; and))(' || v_name || ')(?= )', 'name');
  end if;
  -- Spelled: letters in a row, but not the ones of an abbreviation with its dots.
  if p_words like '% L%' then
    p_words := app.folded_words(p_words, '(^| [^L. ][^ ]*)((?! (?:a Lb Lc|Lm Lr i|Ld Lo Lb|Lp Lp Lo|Lh Lm Lo|Lh Ls a|Ln Lh Ls|Ls Ls Ln|Lc Lv Lv|i Ld|Le Lk Lg|Ls Lt Ld|Lu Ls a) (?!L))(?: (?:L[a-z]|X[23] L[a-z]|i|a)(?: as in [^ ]+)?(?: [-;,])?){2,}'
      || '(?:(?: X[23])? L[a-z](?: as in [^ ]+)?| [ia](?= (?:[;!?]|$))))(?= (?![.]))', 'name');
    -- What is spelled is mostly said before.
    p_words := app.folded_words(p_words, '()( [NP][^ ]+)(?=(?: [;,:-])?(?: (?:that|it) ''s)?(?: spelled)? \[name = = )', 'name');
  end if;
  -- Names that are words as well end one where the sentence goes on as after a name: "Eleanor Price", "Grace Hill".
  if p_words like '% [name%' then
    p_words := regexp_replace(p_words collate "C", '( \[name(?: =)*) (?:best|blood|booth|branch|brand|bridges|case|chance|christian|cross|day|english|french|german|good|guy|hand|head|holiday|house'
      || '|keys?|land|light|little|lock|long|love|low|moon|nail|pool|post|price|race|seal|self|short|small|speed|still|strange|true|tower|wall|white|worth|young'
      || '|[SZV]|Us|M[0-9]+)(?= (?:[;!?¶]|$|and |i |calling |speaking |here |again |from |is |was |born |''s ))', '\1 =', 'g');
  end if;
  return app.fold_known_names(p_words);
end
$$;

comment on function app.fold_names(text) is
  'Classified words with names folded: those that are given, those that a speaker introduces ("my name is", "this is", "for my son"), and spelled ones.';

select app.seal('app.fold_names(text)', null, 'tenant_service', 'app_writer');
