create or replace function app.fold_foreign_addresses(p_words text, p_post text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_town constant text := '(?:(?: ;)? [0-9]{5}(?: N[^ ]+)?)?';
begin
  if p_words ~ ' (?:F|G|[SZ] (?:de|du|des)|[NAW][^ ]*(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|str)|Zca|[NW](?:via|viale|piazza|corso|carrer|largo|praça|praca|plaça)) ' then
    p_words := app.folded_words(p_words,
      '()( [0-9]+(?: [;,])?(?: [NW](?:bis|ter)| bis| L[a-d])?(?: [;,])? (?:F|S|Z)(?: (?:de|du|des|la|le|les|''|-|Z|[NAPLW][^ ]*))* [NAPW][^ ]+' || v_town
        || '|(?: (?:[NA][^ ]+|V|am|im|an|zum|zur|unter))?(?: -)? (?:[NAW][^ ]{2,}(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|damm|ufer|str)|N[^ ]+(?: -)? G)(?: [.!])?'
        || ' (?:[0-9]{1,4}|[UT][0-9]+|Y[0-9]0(?: -)?(?: U[0-9])?)(?: L[a-z]| a(?= (?:[^NWa-z]|$)))?' || v_town
        || '| (?:Zca|F|[NW](?:via|viale|piazza|corso|carrer|largo|praça|praca|plaça))(?: (?:de|del|della|la|las|los|le|les|di|dei|da|do|das|dos|du|des|[NAP][^ ]+))+(?: [;,])? [0-9]{1,4})(?= )', 'address');
  end if;
  if app.says_any(p_words, '{zip,postcode,postal}') then
    p_words := app.folded_words(p_words, '( (?:zip|postcode|postal)(?: (?:code|is|''s|[:;?¶!]|my|the|it|and|uh))*)'
      || '((?: [0-9]{5}(?: - [0-9]{4})?|(?: (?:[LA][a-z]+|N[a-z]{1,2}|[ai]|[0-9]|[0-9]{2}|[UT][0-9]+)){4,8}))(?= )', 'address');
  end if;
  -- A British code in capitals is one without being called so.
  return case when p_words like '% A%' then app.folded_words(p_words, '()(' || p_post || ')(?= )', 'address') else p_words end;
end
$$;

comment on function app.fold_foreign_addresses(text, text) is
  'Classified words with plain German, Dutch, French, Spanish and Italian street addresses folded, and post codes: British ones (p_post: their pattern) and those that are called so.';

select app.seal('app.fold_foreign_addresses(text, text)', null, 'tenant_service', 'app_writer');
