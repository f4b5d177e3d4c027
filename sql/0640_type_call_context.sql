do $$
begin
  if to_regtype('app.tenant_route') is null then
    create type app.tenant_route as (outcome text, org_id uuid, agent_id uuid, location_id uuid);
  end if;
  if to_regtype('app.call_context') is null then
    create type app.call_context as (
      outcome text,
      org_id uuid,
      call_id uuid,
      agent_id uuid,
      location_id uuid,
      clinic_name text,
      country text,
      language text,
      time_zone text,
      emergency_sentence text,
      now timestamptz,
      weekdays integer[],
      opens_minutes integer[],
      closes_minutes integer[]
    );
  end if;
end
$$;

comment on type app.tenant_route is 'Whose call it is. outcome: found, unknown (no identifier is ours) or conflict (they name two tenants).';
comment on type app.call_context is
  'What handling a call needs to know about its clinic: outcome as in app.tenant_route, the call''s row, language and zone for reading dates, the clock, and the week''s hours of the location and its resources as parallel arrays (weekday 0 is Sunday, minutes from midnight).';
