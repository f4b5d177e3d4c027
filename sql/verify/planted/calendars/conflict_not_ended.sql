delete from public.busy_blocks where external_id = 'dentist';
