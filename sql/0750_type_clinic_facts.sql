do $$
begin
  if to_regtype('app.service_card') is null then
    create type app.service_card as (name text, minutes integer, price_minor bigint, currency text, practitioners text[]);
  end if;
  if to_regtype('app.assistant_facts') is null then
    create type app.assistant_facts as (
      vapi_assistant_id text, clinic_name text, address text, recording_consent text, ai_disclosure boolean,
      hours text, services text, practitioners text);
  end if;
  if to_regtype('app.transfer_answer') is null then
    create type app.transfer_answer as (outcome text, reason text, phone text, caller_id text);
  end if;
end
$$;

comment on type app.service_card is 'What any caller may hear about a service. price_minor NULL: no price is told.';
comment on type app.assistant_facts is 'What the assistant is told at the start of a call: public facts of the clinic only, ready to be spoken.';
comment on type app.transfer_answer is 'Where to put a caller through. outcome transfer or refused; reason closed, no_number, already_transferred or loop.';
