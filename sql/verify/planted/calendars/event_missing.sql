update public.calendar_events set state = 'none' where state = 'there' and outside is null;
