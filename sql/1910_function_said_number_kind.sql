-- A few digits tell nobody anything, unless it was said what they are: "last four of the card", "and the code on the back",
-- "your phone number?" "five five five". Times, prices and quantities are short as well, so nothing is guessed here.
create or replace function app.said_number_kind(p_run text, p_talk text, p_after text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_about constant text := right(p_talk, 70);
  v_digits text;
  v_count integer;
  v_kind text;
begin
  -- Most short numbers are times, and nothing was said of a card or a telephone.
  if char_length(p_run) < 4 or not app.says_any(v_about, '{card,cvv,cvc,code,digit,digits,back,expires,expire,expired,expiring,expiry,expiration,exp,ending,ends,end,last,phone,cell,mobile,callback,landline,fax,social,ssn,number,numbers}') then
    return null;
  end if;
  v_digits := app.digits_said(p_run);
  v_count := char_length(v_digits);
  v_kind := case
    when app.says_any(v_about, '{social,ssn}') then 'ssn'
    when app.says_any(v_about, '{card,cards,visa,mastercard,amex,debit,credit}') then 'card'
    else 'phone'
  end;
  if v_count not between 3 and 8 or p_after ~ '^ (?:C|Q|a|percent|%|M[0-9]+|J) ' then
    return null;
  elsif v_count in (3, 4) and (v_about ~ ' (?:cvv|cvc|security code|digit code|digits? on the|on the back)(?: (?:is|it|''s|are|that|of|the|card|uh|back|on|[;:?!¶]))*$'
    or v_about ~ ' code(?: (?:is|[:;]))?$' and app.says_any(p_talk, '{card,visa,mastercard,amex,expiry,expires,expiration,exp}')) then
    return 'card';
  elsif v_about ~ ' (?:expire[sd]?|expiring|expiry|expiration|exp)(?: (?:date|month|year|is|it|''s|on|in|the|of|and|for|that|your|my|card|uh|[;:?!.¶]))*$'
    and app.is_card_expiry(v_digits) then
    return 'card';
  elsif v_count = 3 and v_about ~ ' area code(?: (?:is|it|''s|uh|first|[;:?!¶]))*$' then
    return 'phone';
  elsif v_count <= 5 and v_about ~ (' (?:(?:ending|ends|end)(?: (?:in|with))?|last(?: (?:U[2-6]|[2-6]|few))? (?:digits?|numbers?|of|are|is|on|for|part|bit))'
      || '(?: (?:is|are|it|''s|of|on|the|my|your|her|his|that|in|with|uh|for|to|card|phone|number|social|security|cell|visa|mastercard|amex|account|digits?|sure|please|[;:?!¶]))*$') then
    return v_kind;
  elsif v_count in (4, 5) and v_about ~ ' last(?: (?:U4|4))?$' and p_run ~ '(?: [0-9]{4}|(?: (?:U[0-9]|Lo)){4})$' and (v_count = 4 or p_run ~ '^ (?:U4|4) ') then
    return v_kind;
  elsif app.is_said_by_digit(p_run) and v_about ~ (' (?:phone|cell|mobile|callback|landline|fax|social|ssn|card|numbers?|digits|code)(?: (?:is|are|it|''s|that|this|that''s|uh|my|your|our|the|'
      || 'so|i|think|be|would|could|can|you|to|reach|at|on|give|me|text|we|should|call|security|number|please|again|for|and|back|best|have|get|go|ahead|[;:?!¶]))*$')
    and not app.says_any(v_about, '{order,booking,confirmation,reference,invoice,room,suite,tooth,teeth,option,ticket,line,party,extension,page,step,door,gate,bus,zip,code}') then
    return v_kind;
  end if;
  return null;
end
$$;

comment on function app.said_number_kind(text, text, text) is
  'What a short run of number words (3 to 8 digits) was said to be by the talk before it: ssn, card (its end, expiry or security code), phone (its end or a part of it); NULL where nothing was said. p_after: the words after it, none of which may make it a price or a time.';

select app.seal('app.said_number_kind(text, text, text)', null, 'tenant_service', 'app_writer');
