-- An aid, no de-identification: see docs/redaction.md. What is folded can bring two words together that no rule saw before:
-- the rules are gone through until nothing more is found, so that redacting twice is redacting once.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_tokens text[];
  v_gaps text[];
  v_words text;
  v_folded text;
  v_text text;
begin
  loop
    select s.p_tokens, s.p_gaps into v_tokens, v_gaps from app.split_words(p_text) s;
    v_words := app.classified_words(v_tokens, v_gaps, p_names);
    v_folded := app.fold_identifiers(v_words);
    exit when v_folded is null or strpos(v_folded, ' [') = 0;
    v_text := app.unfolded_text(v_tokens, v_gaps, v_folded);
    exit when v_text = p_text;
    p_text := v_text;
    -- A name that is introduced once goes everywhere.
    p_names := p_names || app.introduced_names(v_tokens, v_words, v_folded);
  end loop;
  return p_text;
end
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers, each replaced by a typed placeholder in brackets: [ssn], [card], [phone], [number], [email], [date of birth], [record number], [address] and [name] (the given names, and those that a speaker introduces), also when spelled out as speech. Dates of visits, times and prices stay. Redacting twice changes nothing more; NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
