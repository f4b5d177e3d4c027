do $$
begin
  if to_regtype('app.caller_view') is null then
    create type app.caller_view as (known boolean, patient_names text[], visits_to_come bigint);
  end if;
end
$$;

comment on type app.caller_view is 'What may be said to a caller about who they are: known only after a check, with the names of the patients it opened.';
