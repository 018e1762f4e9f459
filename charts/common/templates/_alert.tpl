{{- /*
The default alerts. Each takes what Python found out (namespace, pods, claims, …) and prints
expression, patience and summary; thresholds stand here and nowhere else.
*/ -}}
{{- define "common.alert.severity" -}}
{{- if has . (list "TargetDown" "BackupStale" "VolumeFilling" "CertificateExpiring") }}critical{{ else }}warning{{ end }}
{{- end -}}

{{- define "common.alert.targetdown" -}}
{{- $metric := .metric -}}
expr: |-
  {{ $metric }}{ {{- .match -}} } == 0 or absent({{ $metric }}{ {{- .match -}} })
for: 15m
annotations:
  summary: Nothing answers the monitoring, or one replica does not
{{- end -}}

{{- /* Sidecars count as init containers. */ -}}
{{- define "common.alert.podrestarting" -}}
{{- $match := printf "namespace=%q,pod=~%q" .namespace .pods -}}
expr: |-
  increase(kube_pod_container_status_restarts_total{ {{- $match -}} }[1h]) > 3
  or increase(kube_pod_init_container_status_restarts_total{ {{- $match -}} }[1h]) > 3
for: 5m
annotations:
  summary: {{ "Container {{ $labels.container }} of {{ $labels.pod }} restarted more than three times in an hour" | toJson }}
{{- end -}}

{{- define "common.alert.memorynearlimit" -}}
{{- $match := printf "namespace=%q,pod=~%q" .namespace .pods -}}
expr: |-
  max by (namespace, pod, container) (container_memory_working_set_bytes{ {{- $match }},container!=""})
  / max by (namespace, pod, container) (kube_pod_container_resource_limits{ {{- $match }},resource="memory"}) > 0.9
for: 15m
annotations:
  summary: {{ "Container {{ $labels.container }} of {{ $labels.pod }} uses over 90% of its memory limit" | toJson }}
{{- end -}}

{{- /* Full within a day at the pace of six hours, or full already and standing still. */ -}}
{{- define "common.alert.volumefilling" -}}
{{- $match := printf "namespace=%q,persistentvolumeclaim=~%q" .namespace .claims -}}
expr: |-
  predict_linear(kubelet_volume_stats_available_bytes{ {{- $match -}} }[6h], 86400) < 0
  or kubelet_volume_stats_available_bytes{ {{- $match -}} } / kubelet_volume_stats_capacity_bytes{ {{- $match -}} } < 0.02
for: 1h
annotations:
  summary: {{ "Volume {{ $labels.persistentvolumeclaim }} will be full within 24 hours" | toJson }}
{{- end -}}

{{- /* Twice the RPO, or what VolSync itself calls late. What was never copied has no metric, so its absence counts as well. */ -}}
{{- define "common.alert.backupstale" -}}
expr: |-
  {{- range $index, $backup := .backups }}
  {{ if $index }}or {{ end }}{{ with $backup.seconds }}(time() - {{ $backup.metric }}{ {{- $backup.match -}} } > {{ toJson . }}){{ else }}{{ $backup.metric }}{ {{- $backup.match -}} } == 1{{ end }} or absent({{ $backup.metric }}{ {{- $backup.match -}} })
  {{- end }}
for: 1h
annotations:
  summary: The last backup is older than twice what the tier promises
{{- end -}}

{{- define "common.alert.certificateexpiring" -}}
expr: |-
  certmanager_certificate_expiration_timestamp_seconds{name=~{{ toJson .certificates }}} - time() < 21 * 86400
for: 1h
annotations:
  summary: {{ "Certificate {{ $labels.name }} ends in less than 21 days" | toJson }}
{{- end -}}

{{- define "common.alert.replicafailure" -}}
expr: |-
  {{ .expr }}
for: 10m
annotations:
  summary: Kubernetes cannot create the pods that the workload asks for
{{- end -}}

{{- define "common.alert.quotanearlyused" -}}
expr: |-
  kube_resourcequota{namespace={{ toJson .namespace }},type="used"} / ignoring(type) (kube_resourcequota{namespace={{ toJson .namespace }},type="hard"} > 0) > 0.9
for: 15m
annotations:
  summary: {{ "Over 90% of {{ $labels.resource }} is used in namespace {{ $labels.namespace }}" | toJson }}
{{- end -}}

{{- /* A run that failed, hangs or never began: the last success stays older than the last start. */ -}}
{{- define "common.alert.jobfailed" -}}
expr: |-
  {{ .expr }}
for: {{ quote .for }}
annotations:
  summary: The job did not end well
{{- end -}}
