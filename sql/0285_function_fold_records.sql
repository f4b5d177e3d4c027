create or replace function app.fold_records(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_digit constant text := '(?:[0-9]+|[UTYX][0-9]+|H|Lo)';
  v_code constant text := '(?: (?:[0-9]+|[UTYXH][0-9]*|[LA][a-z]+(?: as in [^ ]+)?|N[a-z]{1,4}|[ai]|[-/.,;¶]|dash|hyphen|slash))*';
begin
  -- Numbers of a record are called one; those of a booking are no identifier outside the clinic and stay.
  if not app.says_any(p_words, '{mrn,record,number,no,id,#,Nmrn,Wmrn,insurance,policy,membership,passport,medicaid,medicare,nhs,license,licence,iban}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '( (?:mrn|licen[cs]e|iban|passport|nhs|medicaid|medicare|insurance|policy|membership|(?:medical|health) record'
      || '|(?:member|medical|health|record|chart|patient|account|group|subscriber|claim|case|file|auth|authorization|licen[cs]e|[WN]policyholder|[WN]plan)'
      || '(?: ''s)?(?: (?:record|insurance|card|plan|chart|file))? (?:id|number|no|#)|id(?: number| card)*)'
      || '(?: (?:[-:;#.!?¶]|is|was|its|it|''s|that|the|my|of|on|would|be|uh|starts|with|and|for|says|number|id|card|no))*)'
      || '((?: [a-z][a-z](?= [0-9]))?(?= (?:[0-9UTYXLAN]|a L))(?=' || v_code || ' (?:[0-9]{3,}|' || v_digit || v_code || ' ' || v_digit || ') )' || v_code
      || ' ' || v_digit || '(?:(?: -)? [LA][a-z]+| a(?= (?:[;!?¶]|$)))?)(?= )', 'record');
end
$$;

comment on function app.fold_records(text) is
  'Classified words with medical record, member, policy, insurance and similar numbers folded: digits and letters after a word that says what they are.';

select app.seal('app.fold_records(text)', null, 'tenant_service', 'app_writer');
