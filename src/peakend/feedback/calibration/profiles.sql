select
  r.response_id,
  r.survey_id,
  case when d.weighted > 0 then r.weight else cast(1 as double) end as base,
  m.place,
  m.code
from responses r
join survey_design d on d.survey_id = r.survey_id
join calibrated c on c.survey_id = r.survey_id
left join members s on s.response_id = r.response_id
left join margins m
  on m.survey_id = r.survey_id
  and m.segmentation = s.segmentation
  and m.segment = s.segment
