select m.segmentation, m.segment, count(distinct m.subject_id) as members
from segment_members m
where m.subject = 'customer'
group by m.segmentation, m.segment
