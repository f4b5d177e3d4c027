update public.appointments a set status = 'cancelled', cancelled_at = app.now() from public.calendar_events e
where e.appointment_id = a.id and e.state = 'there' and e.outside is null;
