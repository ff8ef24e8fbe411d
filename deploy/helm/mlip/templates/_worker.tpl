{{/* The pod of a worker, and the Job around it, as a Job, a JobSet and a TrainJob have them. */}}

{{/* (dict "root" $ "container" "worker") */}}
{{- define "mlip.workerPodTemplate" -}}
{{- $values := .root.Values -}}
metadata:
  labels: {{- include "mlip.podLabels" (dict "root" .root "component" "worker") | nindent 4 }}
  {{- with $values.workers.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "mlip.podBasics" .root | nindent 2 }}
  {{- include "mlip.placement" $values.workers | nindent 2 }}
  restartPolicy: Never
  terminationGracePeriodSeconds: {{ $values.workers.terminationGracePeriodSeconds }}
  {{- with $values.workers.gpu.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  {{- with $values.workers.topologySpread }}
  topologySpreadConstraints:
    {{- range . }}
    - topologyKey: {{ .topologyKey }}
      maxSkew: {{ .maxSkew }}
      whenUnsatisfiable: {{ .whenUnsatisfiable }}
      labelSelector:
        matchLabels: {{- include "mlip.podLabels" (dict "root" $.root "component" "worker") | nindent 10 }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .container }}
      image: {{ include "mlip.workerImage" .root | quote }}
      imagePullPolicy: {{ $values.images.pullPolicy }}
      command: [node, /opt/mlip/bin/mlip.js]
      args:
        - worker
        {{- if include "mlip.usesNats" .root }}
        - --nats={{ include "mlip.natsUrl" .root }}
        - --run={{ $values.run.name }}
        {{- else }}
        - --coordinator={{ include "mlip.fullname" .root }}-coordinator:{{ $values.coordinator.port }}
        {{- end }}
        - --token-file=/run/mlip/token/token
        - --host=$(POD_IP)
        - --peer-port={{ $values.workers.peerPort }}
        - --metrics-port={{ $values.metrics.port }}
        - --metrics-host=0.0.0.0
      env:
        {{- include "mlip.env" (dict "root" .root) | nindent 8 }}
      {{- include "mlip.envFrom" .root | nindent 6 }}
      ports:
        - { name: peers, containerPort: {{ $values.workers.peerPort }} }
        - { name: metrics, containerPort: {{ $values.metrics.port }} }
      {{- include "mlip.probes" .root | nindent 6 }}
      resources: {{- include "mlip.workerResources" .root | nindent 8 }}
      securityContext: {{- include "mlip.containerSecurity" .root | nindent 8 }}
      volumeMounts:
        {{- include "mlip.mounts" .root | nindent 8 }}
        - { name: shared-memory, mountPath: /dev/shm }
  volumes:
    {{- include "mlip.volumes" (dict "root" .root "role" "worker") | nindent 4 }}
    - name: shared-memory
      emptyDir: { medium: Memory, sizeLimit: {{ $values.workers.sharedMemory }} }
{{- end -}}

{{/* One GPU for a process, whatever else it gets. */}}
{{- define "mlip.workerResources" -}}
{{- $resources := deepCopy .Values.workers.resources -}}
{{- if .Values.workers.gpu.enabled -}}
{{- $_ := mergeOverwrite $resources (dict "limits" (dict .Values.workers.gpu.resource 1)) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/* (dict "root" $ "container" "worker" "count" 2). Completions go along with parallelism: workers are added and taken by both. */}}
{{- define "mlip.workerJobSpec" -}}
completionMode: Indexed
parallelism: {{ .count }}
completions: {{ .count }}
backoffLimitPerIndex: {{ .root.Values.workers.backoffLimitPerIndex }}
# A worker's successor starts when it has gone, not while it leaves.
podReplacementPolicy: Failed
podFailurePolicy:
  rules:
    # Drained, preempted, or its node lost: not the worker's fault.
    - action: Ignore
      onPodConditions: [{ type: DisruptionTarget, status: "True" }]
    # Told to go before the run had ended.
    - action: Ignore
      onExitCodes: { containerName: {{ .container }}, operator: In, values: [75] }
    # The command line or the data is at fault: the next one would end in the same way. Status 5 may be the machine's fault, or
    # that of a coordinator that was away for long.
    - action: FailIndex
      onExitCodes: { containerName: {{ .container }}, operator: In, values: [2, 3] }
template: {{- include "mlip.workerPodTemplate" (dict "root" .root "container" .container) | nindent 2 }}
{{- end -}}

{{/* A Job's pods cannot be changed, so other pods are another Job: the old one goes as the new one comes. Of the others, the number neither. */}}
{{- define "mlip.workersName" -}}
{{- $pod := include "mlip.workerPodTemplate" (dict "root" . "container" "worker") -}}
{{- $count := ternary "" (include "mlip.gang" .) (eq .Values.workers.kind "Job") -}}
{{- $queue := ternary .Values.workers.kueue.queue "" .Values.workers.kueue.enabled -}}
{{- $run := ternary (printf "%s%s%v" (include "mlip.submitArguments" .) .Values.run.config .Values.run.resume) "" (ne (include "mlip.submitted" .) "") -}}
{{- $policy := printf "%v %s %s %s" .Values.workers.backoffLimitPerIndex .Values.workers.kind $count $queue -}}
{{ include "mlip.fullname" . }}-workers-{{ printf "%s%s%s" $pod $policy $run | sha256sum | trunc 8 }}
{{- end -}}

{{- define "mlip.kueueLabel" -}}
{{- if .Values.workers.kueue.enabled }}
kueue.x-k8s.io/queue-name: {{ .Values.workers.kueue.queue }}
{{- end }}
{{- end -}}
