delete from public.busy_blocks where external_id like 'visit:%';
