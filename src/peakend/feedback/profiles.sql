select m.subject_id, cast(sum(c.code) as bigint) as profile
from segment_members m
join cuts c on c.segmentation = m.segmentation and c.segment = m.segment and c.subject = m.subject
where m.subject = $subject
group by m.subject_id
