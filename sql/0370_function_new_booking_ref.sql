create or replace function app.new_booking_ref()
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- No I, O, 0 or 1: they are misheard and misread.
  v_alphabet constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  v_ref text;
begin
  loop
    select string_agg(substr(v_alphabet, 1 + (get_byte(b.bytes, i) % 32), 1), '')
    into v_ref
    from (select uuid_send(gen_random_uuid()) as bytes) b, generate_series(10, 15) i;
    exit when not exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.booking_ref = v_ref
    );
  end loop;
  return v_ref;
end
$$;

comment on function app.new_booking_ref() is
  'Six letters and digits that name one booking of the organisation; easy to say and to hear.';

select app.seal('app.new_booking_ref()', null, 'app_writer');
