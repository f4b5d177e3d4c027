insert into river.river_queue (name, updated_at, paused_at) values ('calls', now(), now());
