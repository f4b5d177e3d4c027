-- What a call said, whose it was and whether it was deleted is not counted: such changes cost nothing. How the caller sounded is,
-- and goes with the words.
create or replace trigger voxanne_call_came_or_went
after insert or delete on public.call_logs
for each row execute function app.forget_call_days();

create or replace trigger voxanne_call_changed
after update on public.call_logs
for each row
when (
  old.began_at is distinct from new.began_at or old.status is distinct from new.status
  or old.outcome is distinct from new.outcome or old.ended_reason is distinct from new.ended_reason
  or old.direction is distinct from new.direction or old.duration_seconds is distinct from new.duration_seconds
  or old.sentiment_score is distinct from new.sentiment_score or old.cost_micros is distinct from new.cost_micros)
execute function app.forget_call_days();
