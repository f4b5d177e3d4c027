-- refused: waits for its lock without an end
-- zero-downtime: no version has ever used this table
drop table public.unused;
