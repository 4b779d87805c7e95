namespace ConfidentialOperator.Protocol.Policies;

/// <summary>How many devices a guest must show, no more and no less.</summary>
/// <param name="Gpus">The number of GPUs.</param>
/// <param name="Switches">The number of NVSwitches.</param>
public sealed record GpuCount(int Gpus, int Switches);
