-- Row types of the booking functions. A changed column needs the type dropped and made again, and with it what returns it.
do $$
begin
  if to_regtype('app.open_span') is null then
    create type app.open_span as (resource_id uuid, location_id uuid, opens_at timestamptz, closes_at timestamptz);
  end if;
  if to_regtype('app.free_slot') is null then
    create type app.free_slot as (
      resource_id uuid, location_id uuid, during tstzrange, blocked tstzrange, load bigint);
  end if;
  if to_regtype('app.slot') is null then
    create type app.slot as (
      starts_at timestamptz, ends_at timestamptz, resource_id uuid, resource_name text, service_name text, time_zone text);
  end if;
  if to_regtype('app.booking_result') is null then
    create type app.booking_result as (
      outcome text,
      reason text,
      replayed boolean,
      appointment_id uuid,
      booking_ref text,
      status text,
      patient_name text,
      service_id uuid,
      service_name text,
      resource_id uuid,
      resource_name text,
      starts_at timestamptz,
      ends_at timestamptz,
      time_zone text,
      alternatives timestamptz[]
    );
  end if;
end
$$;

comment on type app.open_span is 'A span in which a resource is open, as instants: [opens_at, closes_at).';
comment on type app.free_slot is 'One possible visit of one resource: the visit, the visit with buffers, and how many visits that resource has within a day of it.';
comment on type app.slot is 'A start that can be offered: times as instants, names to say, and the IANA zone to say them in.';
comment on type app.booking_result is
  'What came of a try to hold, book, move or cancel. outcome: booked, held, amended, rescheduled, cancelled, approved, question or refused; reason: why refused or what is asked (closed list, see app.refusal_reason and the booking functions); replayed: the same try was answered before; alternatives: up to three nearest starts that are free.';
