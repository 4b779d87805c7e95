using ConfidentialOperator.EndToEnd.Tests.Running;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(RealCluster))]

// One cluster, two cores: tests that wait for each other's processes would only be slower together.
[assembly: Parallelization(Mode = ParallelMode.None)]
