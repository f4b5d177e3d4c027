-- name: AcceptDelivery :one
select *
from app.accept_delivery(
  p_vapi_call_id => @vapi_call_id::text,
  p_kind => @kind::text,
  p_key => @key::text,
  p_body_hash => @body_hash::bytea
);

-- name: AnswerDelivery :exec
select app.answer_delivery(
  p_vapi_call_id => @vapi_call_id::text,
  p_kind => @kind::text,
  p_key => @key::text,
  p_answer => @answer::text
);
