create or replace function app.sentiment_label(p_score double precision)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select case when p_score < 0.4 then 'negative' when p_score > 0.6 then 'positive' else 'neutral' end;
end;

comment on function app.sentiment_label(double precision) is
  'The word for a sentiment score (0 to 1): negative below 0.4, positive above 0.6, else neutral.';

select app.seal('app.sentiment_label(double precision)', null, 'app_writer');
