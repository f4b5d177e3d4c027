-- What operators are shown of memberships that do not fit together.

-- +goose Up
-- +goose StatementBegin
create type app.membership_fault as (
  user_id uuid,
  kind text,
  repair text,
  org_id uuid,
  org_slug text,
  role text,
  stamped_org text
);
comment on type app.membership_fault is
  'A person whose membership does not fit together. kind: no_organization (never given one), not_joined (an open invitation that is proven), lost_profile (stamped with a clinic of which they are no member, and nobody removed them), stale_stamp (the stamp of a clinic that they left), wrong_stamp (another stamp than their profile''s clinic, or none), orphan_profile (a member who does not exist). repair is what puts it right: found, join, unstamp, stamp, remove or none, which people have to decide. stamped_org is what stands in raw_app_meta_data, whatever it is.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.membership_fault;
-- +goose StatementEnd
