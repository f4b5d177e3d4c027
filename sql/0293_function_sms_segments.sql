-- 3GPP TS 23.038: the basic table, and the extension table whose characters take two septets. A text of several
-- segments loses seven septets (three UTF-16 units) of each to the header that joins them, and no character is split.
create or replace function app.sms_segments(
  p_text text
)
returns integer
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_basic constant text := E'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&''()*+,-./0123456789:;<=>?¡'
    || 'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
  v_extension constant text := E'\f^{}\\[~]|€';
  v_gsm boolean := translate(p_text, v_basic || v_extension, '') = '';
  v_single integer := case when v_gsm then 160 else 70 end;
  v_each integer := case when v_gsm then 153 else 67 end;
  v_character text;
  v_cost integer;
  v_total integer := 0;
  v_used integer := 0;
  v_segments integer := 1;
begin
  foreach v_character in array string_to_array(p_text, null) loop
    v_cost := case
      when v_gsm and strpos(v_extension, v_character) > 0 then 2
      when not v_gsm and ascii(v_character) > 65535 then 2
      else 1
    end;
    v_total := v_total + v_cost;
    if v_used + v_cost > v_each then
      v_segments := v_segments + 1;
      v_used := 0;
    end if;
    v_used := v_used + v_cost;
  end loop;
  return case when v_total <= v_single then 1 else v_segments end;
end
$$;

comment on function app.sms_segments(text) is
  'How many segments a carrier counts for a text: 160 characters of the GSM-7 alphabet in one, 153 in each of several, those of its extension table ({ } [ ] ~ ^ | \ and the euro) counting two; any other character makes it UCS-2 with 70 and 67 UTF-16 units, an emoji counting two. An empty text is one segment; NULL gives NULL.';

select app.seal('app.sms_segments(text)', null, 'app_writer');
