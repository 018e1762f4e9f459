{{- /* A volume copied by VolSync. The mover runs beside the pods, as their user, so that restricted admits it. */ -}}
{{- define "common.kind.replicationsource" -}}
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  sourcePVC: {{ quote .body.claim }}
  trigger:
    schedule: {{ quote .body.schedule }}
  restic:
    repository: {{ quote .body.repository }}
    copyMethod: Snapshot
    pruneIntervalDays: 7
    retain:
      {{- include "common.yaml" .body.retain | nindent 6 }}
    moverResources:
      {{- include "common.yaml" .body.resources | nindent 6 }}
    moverSecurityContext:
      {{- include "common.defaults.podsecurity" .body.security | nindent 6 }}
{{- end -}}
