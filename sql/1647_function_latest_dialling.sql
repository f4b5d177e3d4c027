create or replace function app.latest_dialling(p_call public.outbound_calls, p_now timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_at timestamptz;
begin
  if (p_call).kind = 'test' then
    return null;
  end if;
  for v_minutes in reverse 60 .. 10 by 10 loop
    v_at := p_now + make_interval(mins => v_minutes);
    if v_at <= (p_call).until_at and app.next_sending_time((p_call).contact_id, (p_call).number_zones, v_at) = v_at then
      return v_at;
    end if;
  end loop;
  return least(p_now + interval '1 minute', (p_call).until_at);
end
$$;

comment on function app.latest_dialling(public.outbound_calls, timestamptz) is
  'Until when Vapi may dial a call that it is asked for now, where it has to wait itself: an hour at most, and not into the quiet hours where the recipient is. NULL for a test, which is dialled at once.';

select app.seal('app.latest_dialling(public.outbound_calls, timestamptz)', null, 'app_writer');
