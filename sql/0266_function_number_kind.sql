-- Numbers are told apart by how many digits they have and what was said before them. Hours and years are listed in
-- scheduling talk ("nine, nine thirty, ten"): as digits in a row they look like a telephone number.
create or replace function app.number_kind(p_run text, p_before text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_before text := right(p_before, 70);
  v_about_ssn boolean := app.says_any(v_before, '{ssn,social}');
  v_code boolean := right(v_before, 35) like any ('{% security code %,% cvv %,% cvc %}');
  v_digits text;
  v_count integer;
  v_about_phone boolean;
begin
  if char_length(p_run) < 8 and not v_about_ssn and not v_code then
    return null; -- too short for seven digits
  end if;
  v_digits := app.digits_said(p_run);
  v_count := char_length(v_digits);
  if v_about_ssn and v_count between 4 and 10 then
    return 'ssn';
  elsif v_code and v_count in (3, 4) then
    return 'card';
  elsif v_count < 7 then
    return null;
  elsif v_count = 9 and (p_run ~ '^ [0-9]{3}(?: [-.])* [0-9]{2}(?: [-.])* [0-9]{4}$' or p_run ~ '^(?: U[0-9]){3} [-;,](?: U[0-9]){2} [-;,](?: U[0-9]){4}$') then
    return 'ssn';
  elsif v_count between 13 and 19 and app.passes_luhn(v_digits)
    or v_count between 12 and 19 and app.says_any(v_before, '{card,cards,visa,mastercard,amex}') then
    return 'card';
  end if;
  -- What a booking or an order is called by is no identifier outside the clinic.
  if v_count < 10 and app.says_any(right(v_before, 45), '{confirmation,booking,reference,order,invoice}') then
    return null;
  end if;
  v_about_phone := app.says_any(v_before, '{call,phone,number,cell,mobile,reach,text,contact,line,fax,whatsapp,dial,Wlandline}');
  if not v_about_phone and app.is_listed(p_run) then
    return null;
  elsif p_run like any (array[' (%', ' +%', ' plus%']) or v_about_phone and v_count < 16 or left(v_digits, 1) = '0' and v_count between 8 and 14
    or v_count between 10 and 12 or v_count = 7 and strpos(btrim(p_run), ' ') > 0 then
    return 'phone';
  end if;
  return 'number';
end
$$;

comment on function app.number_kind(text, text) is
  'What a run of number words is, by its digits and the words before it: ssn, card (Luhn, or said to be one), phone, number (any other of seven digits and more), or NULL for what tells nobody: times, years and quantities.';

select app.seal('app.number_kind(text, text)', null, 'tenant_service', 'app_writer');
