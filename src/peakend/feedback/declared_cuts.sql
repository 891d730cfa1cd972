select m.segmentation, m.segment, m.subject
from segment_members m
group by m.segmentation, m.segment, m.subject
